"""A graph that has passed every check that needs no item: what is compiled and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calculations.graph.configs import BasePrice, Config, Controls, ConvertCurrency, SeriesValue
from calculations.graph.lookups import LookupKey
from calculations.graph.schema import Graph
from calculations.graph.units import SeriesKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A graph with its configs read, and the needed nodes in execution order."""

    graph: Graph
    configs: Mapping[str, Config]
    inputs: Mapping[str, Sequence[str]]
    order: Sequence[str]
    kinds: Mapping[str, SeriesKind]

    def lookup_keys(self) -> list[LookupKey]:
        """Return the questions that running the graph asks, sorted, each once."""
        return sorted({key for key in map(self.lookup_of, self.order) if key})

    def lookup_of(self, node_id: str) -> LookupKey | None:
        """Return the question that a node asks, if it asks one."""
        match self.configs[node_id]:
            case SeriesValue(key=key):
                return key
            case ConvertCurrency(rate=LookupKey() as key):
                return key
        return None

    def reads_base_price(self, node_id: str) -> bool:
        """Whether the node itself takes the item's base price."""
        match self.configs[node_id]:
            case BasePrice():
                return True
            case Controls() as controls:
                inputs = len(self.inputs[node_id])
                return inputs == 1 and controls.is_percent(inputs)
        return False
