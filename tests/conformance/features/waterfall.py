"""Runs the conformance cases about waterfalls."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from calculations.graph.waterfall import waterfall
from tests.conformance.features.graph_execute import execute


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the segments of the price that the case's graph gives."""
    segments = waterfall(
        graph=case["graph"],
        contributions=execute(case).contributions,
        base_price=Decimal(case["context"]["basePrice"]),
    )
    return {"segments": [segment.as_json() for segment in segments]}
