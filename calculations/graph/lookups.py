"""The index values a graph asks for, and the answers it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LookupKey:
    """One question to the index data; equal questions are asked once for a whole batch."""

    series: str
    operation: str = "value"
    lag_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An index value at full precision, and the day and version it came from."""

    value: Decimal
    version_tag: str
    requested_date: date
    actual_date: date
    gap_days: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A question without an answer; the nodes that ask it fail with this code."""

    code: str
    message: str


Answer = Found | Missing
