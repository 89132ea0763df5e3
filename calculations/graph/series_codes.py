"""Finds the series that a graph names, before anybody has judged it."""

from __future__ import annotations

from typing import Any

from calculations.graph.schema import MOST_NODES

_KEYS = ("series", "fxSeries")


def series_codes(raw: Any) -> set[str]:
    """Return every text under a series key of a node's config; other shapes are passed over."""
    nodes = raw.get("nodes") if isinstance(raw, dict) else None
    configs = (
        [node.get("config") for node in nodes[:MOST_NODES] if isinstance(node, dict)] if isinstance(nodes, list) else []
    )
    return {
        code
        for config in configs
        if isinstance(config, dict)
        for code in map(config.get, _KEYS)
        if isinstance(code, str) and "\0" not in code
    }
