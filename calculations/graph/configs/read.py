"""Reads a node's config by the node's type."""

from __future__ import annotations

from collections.abc import Callable

from calculations.graph.configs import Config
from calculations.graph.configs.combine import read_combine
from calculations.graph.configs.controls import read_controls
from calculations.graph.configs.convert import read_convert
from calculations.graph.configs.factor import read_factor
from calculations.graph.configs.keys import Section
from calculations.graph.configs.transform import read_transform
from calculations.graph.schema import Node

_READERS: dict[str, Callable[[Section], Config]] = {
    "Factor": read_factor,
    "Transform": read_transform,
    "Convert": read_convert,
    "Combine": read_combine,
    "Controls": read_controls,
}


def read_config(node: Node) -> Config:
    """Return the node's config; raise `BadConfig` for the first rule it breaks."""
    return _READERS[node.type](node.config)
