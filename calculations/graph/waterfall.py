"""How a price came to differ from the base price, node by node along its main line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from ingestion.numbers import CONTEXT, dec


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What one node added; deltas of a waterfall sum to adjusted price minus base price, exactly."""

    node_id: str
    delta: Decimal

    def as_json(self) -> dict[str, str]:
        """Return the segment with its delta as a text."""
        return {"nodeId": self.node_id, "delta": dec(self.delta)}


def waterfall(*, graph: Mapping[str, Any], contributions: Mapping[str, Any], base_price: Decimal) -> list[Segment]:
    """Return the segments of a result; `graph` is the JSON it was calculated with (domain specification, 6.7)."""
    inputs: dict[str, list[str]] = {}
    for edge in graph["edges"]:
        inputs.setdefault(edge["to"], []).append(edge["from"])
    currencies = {step["nodeId"]: step["currency"] for step in contributions["steps"]}
    line = [graph["output"]]
    while sources := inputs.get(line[-1]):
        line.append(next((source for source in sources if currencies[source]), sources[0]))
    segments = []
    before = base_price
    with localcontext(CONTEXT):
        for node_id in reversed(line):
            value = Decimal(contributions["values"][node_id])
            segments.append(Segment(node_id=node_id, delta=value - before))
            before = value
    return segments
