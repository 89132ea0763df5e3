"""Compiles a graph once, so that many items run fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calculations.graph.arithmetic.make import Answers
from calculations.graph.errors import InvalidGraph
from calculations.graph.lookups import LookupKey
from calculations.graph.plan import Plan
from calculations.graph.problem import Verdict
from calculations.graph.program import Program
from calculations.graph.units import SeriesKind
from calculations.graph.validate import examine


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledGraph:
    """A valid graph: what it asks for, what the validator warns of, and the way to run it."""

    plan: Plan
    verdict: Verdict
    lookup_keys: tuple[LookupKey, ...]

    def bind(self, answers: Answers) -> Program:
        """Return the program for one set of index values; `answers` covers all `lookup_keys`."""
        return Program(self.plan, answers)


def compile_graph(raw: object, *, kinds: Mapping[str, SeriesKind]) -> CompiledGraph:
    """Return the graph ready to run; `kinds` are the series that the tenant has; raise `InvalidGraph`."""
    compiled = recompile_graph(raw, kinds=kinds)
    if not compiled.verdict.valid:
        raise InvalidGraph(compiled.verdict)
    return compiled


def recompile_graph(raw: object, *, kinds: Mapping[str, SeriesKind]) -> CompiledGraph:
    """Return a graph that has been valid before, ready to run.

    If its series have since become ones whose currencies or units clash, each item fails with the clash.
    """
    plan, verdict = examine(raw, kinds=kinds)
    if plan is None:
        raise InvalidGraph(verdict)
    return CompiledGraph(plan=plan, verdict=verdict, lookup_keys=tuple(plan.lookup_keys()))
