"""Judges a graph in stages; each stage runs only if those before found nothing (domain specification, 5.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calculations.graph.counts import count_problems
from calculations.graph.dimensions import derive
from calculations.graph.names import name_problems, read_configs
from calculations.graph.order import execution_order, find_cycle, needed_for
from calculations.graph.plan import Plan
from calculations.graph.problem import Code, Problem, Verdict
from calculations.graph.schema import Graph, read_graph
from calculations.graph.units import OPEN, Dimensions, SeriesKind


def validate(raw: object, *, kinds: Mapping[str, SeriesKind], base: Dimensions = OPEN) -> Verdict:
    """Return all findings about a graph's JSON; `kinds` are the series that the tenant has."""
    return examine(raw, kinds=kinds, base=base)[1]


def examine(raw: object, *, kinds: Mapping[str, SeriesKind], base: Dimensions = OPEN) -> tuple[Plan | None, Verdict]:
    """Return all findings, and the plan if the first four stages found nothing."""
    graph = read_graph(raw)
    if not isinstance(graph, Graph):
        return None, _verdict(graph)
    configs, config_problems = read_configs(graph)
    problems = [*name_problems(graph), *config_problems]
    if problems:
        return None, _verdict(problems)
    inputs = graph.inputs()
    needed = needed_for(graph.output, inputs)
    warnings = [_unreachable(node.id) for node in graph.nodes if node.id not in needed]
    cycle = find_cycle(inputs)
    if cycle:
        message = f"The graph has a cycle: {' -> '.join(cycle)}"
        return None, _verdict([Problem(code=Code.CYCLIC_GRAPH, message=message)], warnings)
    problems = list(count_problems(configs, inputs))
    if problems:
        return None, _verdict(problems, warnings)
    plan = Plan(graph=graph, configs=configs, inputs=inputs, order=execution_order(inputs, needed), kinds=kinds)
    return plan, _verdict(derive(plan, base).problems, warnings)


def _verdict(errors: Sequence[Problem], warnings: Sequence[Problem] = ()) -> Verdict:
    return Verdict(errors=tuple(errors), warnings=tuple(warnings))


def _unreachable(node_id: str) -> Problem:
    message = f"The output cannot be reached from node {node_id}"
    return Problem(code=Code.UNREACHABLE_NODE, message=message, node_id=node_id)
