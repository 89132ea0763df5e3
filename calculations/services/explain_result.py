"""Finds how the price of a result came about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calculations.graph.frozen import read_frozen
from calculations.graph.waterfall import Segment, waterfall
from calculations.models import CalcResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The way from the base price to the calculated price, its graph, and the labels that nodes have by their ids."""

    graph: dict[str, Any]
    base_price: Decimal
    segments: list[Segment]
    labels: dict[str, str]


def explain_result(result: CalcResult) -> Explanation:
    """Return how a result came about, from what its batch froze; one query, megabytes for a large batch."""
    inputs = read_frozen(result.batch.frozen_inputs)
    item = next(item for item in inputs.items if item.id == result.item_id)
    return Explanation(
        graph=inputs.graph,
        base_price=item.base_price,
        segments=waterfall(graph=inputs.graph, contributions=result.contributions, base_price=item.base_price),
        labels={node["id"]: node["label"] for node in inputs.graph["nodes"] if node.get("label")},
    )
