"""Names a graph by what it computes: two graphs of one hash give the same prices (domain specification, 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calculations.graph.digest import digest
from calculations.graph.errors import InvalidGraph
from calculations.graph.schema import Node
from calculations.graph.validate import examine
from ingestion.numbers import plain, read_number
from jobs import canonical_json

_NUMBERS = frozenset(
    {
        "value",
        "lagDays",
        "exponent",
        "decimals",
        "baseValue",
        "density",
        "conversionFactor",
        "fixedRate",
        "cap",
        "floor",
        "lower",
        "upper",
        "sharePercent",
    }
)


def graph_hash(raw: object) -> str:
    """Return the SHA-256 of the graph's canonical text."""
    return digest(canonical_graph(raw))


def canonical_graph(raw: object) -> str:
    """Return the text that is hashed; raise `InvalidGraph` if the graph is wrong whatever series there are.

    Labels and the order of nodes are left out; the order of a node's inputs stays.
    """
    plan, verdict = examine(raw, kinds={})
    if plan is None:
        raise InvalidGraph(verdict)
    graph = plan.graph
    return canonical_json(
        {
            "base": {"currency": graph.base_currency, "unit": graph.base_unit},
            "edges": sorted([target, sources] for target, sources in graph.inputs().items() if sources),
            "nodes": [
                {"config": _config(node), "id": node.id, "type": node.type}
                for node in sorted(graph.nodes, key=lambda node: node.id)
            ],
            "output": graph.output,
        }
    )


def _config(node: Node) -> dict[str, Any]:
    """Return the config with each number in its one text, and each default where the node has one."""
    config: dict[str, Any] = _section(node.config)
    if node.type == "Factor":
        operation, lag_days = config.pop("operation", "value"), config.pop("lagDays", "0")
        if "series" in config:
            config |= {"operation": operation, "lagDays": lag_days}
    if node.type == "Transform" and config.get("function") == "round":
        config["params"] = {"decimals": "0"} | config.get("params", {})
    if config.get("params") == {}:
        del config["params"]
    return config


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _part(key, value) for key, value in section.items()}


def _part(key: str, value: Any) -> Any:
    """Return the one form of a value under its key; only number keys hold numbers."""
    if key in _NUMBERS:
        return plain(read_number(value))
    if key == "weights":
        return [plain(read_number(weight)) for weight in value]
    return _section(value) if isinstance(value, dict) else value
