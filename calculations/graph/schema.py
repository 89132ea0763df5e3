"""Reads a graph's JSON into values: the validator's first stage, where wrong shapes end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from calculations.graph.json_text import unstorable
from calculations.graph.problem import Code, Problem

NODE_TYPES = ("Factor", "Transform", "Convert", "Combine", "Controls")
MOST_NODES = 200
MOST_EDGES = 400
LONGEST_ID = 64
_METADATA_TEXTS = ("version", "author", "createdAt", "description", "baseCurrency", "baseUnit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node as it was written; its config is not judged yet."""

    id: str
    type: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An arrow from a node to the node that takes its value."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A graph of the right shape; edges keep their order because a node's inputs do."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    output: str
    base_currency: str | None = None
    base_unit: str | None = None

    def inputs(self) -> dict[str, list[str]]:
        """Return each node's input ids in edge order; an edge that is written twice is two inputs."""
        inputs: dict[str, list[str]] = {node.id: [] for node in self.nodes}
        for edge in self.edges:
            inputs[edge.target].append(edge.source)
        return inputs


def read_graph(raw: object) -> Graph | list[Problem]:
    """Return the graph, or every fault of its shape."""
    reason = unstorable(raw)
    if reason:
        return [_fault(f"The graph cannot be stored: {reason}")]
    if not isinstance(raw, dict):
        return [_fault("A graph is an object with nodes, edges and output")]
    faults = list(_faults(raw))
    if faults:
        return faults
    metadata = raw.get("metadata") or {}
    return Graph(
        nodes=tuple(Node(id=node["id"], type=node["type"], config=node["config"]) for node in raw["nodes"]),
        edges=tuple(Edge(source=edge["from"], target=edge["to"]) for edge in raw["edges"]),
        output=raw["output"],
        base_currency=metadata.get("baseCurrency"),
        base_unit=metadata.get("baseUnit"),
    )


def _fault(message: str, node_id: str | None = None) -> Problem:
    return Problem(code=Code.INVALID_SCHEMA, message=message, node_id=node_id)


def _faults(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the faults of the whole, then of each node and edge."""
    nodes, edges = raw.get("nodes"), raw.get("edges")
    if not isinstance(nodes, list) or not 1 <= len(nodes) <= MOST_NODES:
        yield _fault(f"nodes must be a list of 1 to {MOST_NODES} nodes")
        nodes = []
    if not isinstance(edges, list) or len(edges) > MOST_EDGES:
        yield _fault(f"edges must be a list of up to {MOST_EDGES} edges")
        edges = []
    if not isinstance(raw.get("output"), str):
        yield _fault("output must be the id of a node")
    metadata = raw.get("metadata")
    if not isinstance(metadata, dict | None) or not _are_texts(metadata or {}, _METADATA_TEXTS):
        yield _fault("metadata must be an object of texts")
    for place, node in enumerate(nodes):
        yield from _node_faults(place, node)
    for place, edge in enumerate(edges):
        if not isinstance(edge, dict) or not all(isinstance(edge.get(end), str) for end in ("from", "to")):
            yield _fault(f"Edge {place + 1} must name its two ends, from and to")


def _node_faults(place: int, node: object) -> Iterator[Problem]:
    """Yield at most one fault of a node, under its id if that is a text."""
    if not isinstance(node, dict):
        yield _fault(f"Node {place + 1} must be an object")
        return
    node_id = node.get("id")
    name = node_id if isinstance(node_id, str) else None
    if name is None or not 1 <= len(name) <= LONGEST_ID:
        yield _fault(f"The id of node {place + 1} must be a text of 1 to {LONGEST_ID} characters", name)
    elif node.get("type") not in NODE_TYPES:
        yield _fault(f"Node {name}: type must be one of {', '.join(NODE_TYPES)}", name)
    elif not isinstance(node.get("config"), dict):
        yield _fault(f"Node {name}: config must be an object", name)
    elif not _are_texts(node, ("label", "description")):
        yield _fault(f"Node {name}: label and description must be texts", name)


def _are_texts(part: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    """Whether each of the keys is a text, or absent."""
    return all(isinstance(part.get(key), str | None) for key in keys)
