"""Says what the nodes of a graph were worth in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def worth(steps: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the value of each node that ran, with its currency and unit: `75.5 USD/bbl`."""
    return {step["nodeId"]: " ".join([step["output"], *_dimension(step)]) for step in steps}


def _dimension(step: Mapping[str, Any]) -> list[str]:
    known = [part for part in (step["currency"], step["unit"]) if part]
    return ["/".join(known)] if known else []
