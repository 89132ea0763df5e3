"""The graphs that are measured: eight nodes each."""

from __future__ import annotations

from typing import Any

Graph = dict[str, Any]


def collared() -> Graph:
    """Return a usual one: base price times a weighted index ratio, held within 10 %; an item changes three nodes."""
    nodes = [
        _node("base", "Factor", input="basePrice"),
        _node("now", "Factor", series="PPI"),
        _node("then", "Factor", value="150"),
        _node("ratio", "Combine", operation="divide"),
        _node("fixed", "Factor", value="1"),
        _node("multiplier", "Combine", operation="weighted_average", weights=["0.4", "0.6"]),
        _node("price", "Combine", operation="multiply"),
        _node("held", "Controls", cap=10, floor=-10),
    ]
    edges = "now>ratio then>ratio fixed>multiplier ratio>multiplier base>price multiplier>price price>held base>held"
    return {"nodes": nodes, "edges": _edges(edges), "output": "held"}


def all_live() -> Graph:
    """Return the worst case: all eight nodes depend on the item."""
    nodes = [
        _node("base", "Factor", input="basePrice"),
        _node("half", "Transform", function="pow", params={"exponent": "1"}),
        _node("up", "Transform", function="ceil"),
        _node("down", "Transform", function="floor"),
        _node("mean", "Combine", operation="average"),
        _node("held", "Controls", cap=10, floor=-10),
        _node("least", "Combine", operation="min"),
        _node("cents", "Transform", function="round", params={"decimals": 2}),
    ]
    edges = "base>half half>up half>down up>mean down>mean mean>held base>held held>least base>least least>cents"
    return {"nodes": nodes, "edges": _edges(edges), "output": "cents"}


def _node(node_id: str, node_type: str, **config: Any) -> Graph:
    return {"id": node_id, "type": node_type, "config": config}


def _edges(text: str) -> list[dict[str, str]]:
    return [dict(zip(("from", "to"), pair.split(">"), strict=True)) for pair in text.split()]
