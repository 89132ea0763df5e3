"""The price of one item, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A price cut to 12 places; `values` and `steps` are JSON in execution order, and read only.

    Steps that are the same for every item are the same objects.
    """

    value: Decimal
    currency: str
    unit: str
    values: dict[str, str]
    steps: list[dict[str, Any]]
    warnings: list[dict[str, Any]]

    @property
    def nodes_evaluated(self) -> int:
        """Return the number of nodes that were needed."""
        return len(self.steps)

    @property
    def contributions(self) -> dict[str, Any]:
        """Return what a result keeps of its calculation."""
        return {"values": self.values, "steps": self.steps}
