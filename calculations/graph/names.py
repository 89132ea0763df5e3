"""Judges what a graph's parts call each other, and each node's config on its own: the validator's second stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from calculations.graph.configs import Config
from calculations.graph.configs.keys import BadConfig
from calculations.graph.configs.read import read_config
from calculations.graph.problem import Code, Problem
from calculations.graph.schema import Graph


def name_problems(graph: Graph) -> Iterator[Problem]:
    """Yield ids that are used twice, a missing output, and edges that lead nowhere."""
    known = Counter(node.id for node in graph.nodes)
    for node_id, count in known.items():
        if count > 1:
            message = f"{count} nodes have the id {node_id}"
            yield Problem(code=Code.DUPLICATE_NODE_ID, message=message, node_id=node_id)
    if graph.output not in known:
        yield Problem(code=Code.MISSING_OUTPUT_NODE, message=f"The output {graph.output[:64]} is no node")
    for edge in graph.edges:
        if edge.source not in known or edge.target not in known:
            message = f"The edge from {edge.source[:64]} to {edge.target[:64]} has an end that is no node"
            yield Problem(code=Code.INVALID_EDGE, message=message, edge=(edge.source, edge.target))


def read_configs(graph: Graph) -> tuple[dict[str, Config], list[Problem]]:
    """Return the configs by node id, and one problem for each node whose config is bad."""
    configs: dict[str, Config] = {}
    problems: list[Problem] = []
    for node in graph.nodes:
        try:
            configs[node.id] = read_config(node)
        except BadConfig as error:
            message = f"Node {node.id}: {error}"
            problems.append(Problem(code=Code.INVALID_NODE_CONFIG, message=message, node_id=node.id))
    return configs, problems
