"""Combines make one value of several."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from calculations.graph.configs import keys
from ingestion.errors import NotANumber
from ingestion.numbers import read_number

OPERATIONS = ("add", "subtract", "multiply", "divide", "average", "weighted_average", "min", "max")
MOST_WEIGHTS = 400
"""A node cannot have more inputs than a graph has edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Combine:
    """An operation over all inputs; only a weighted average has weights."""

    operation: str
    weights: tuple[Decimal, ...] | None


def read_combine(config: keys.Section) -> Combine:
    """Return the operation; the weights of a weighted average sum to exactly 1."""
    keys.only(config, "operation", "weights")
    operation = keys.needed_choice(config, "operation", OPERATIONS)
    weights = _weights(config["weights"]) if "weights" in config else None
    if operation == "weighted_average":
        if weights is None:
            raise keys.BadConfig("weighted_average needs weights")
        if sum(map(Fraction, weights)) != 1:  # exact, whatever the number of digits
            raise keys.BadConfig("weights must sum to exactly 1")
    return Combine(operation=operation, weights=weights)


def _weights(raw: object) -> tuple[Decimal, ...]:
    """Return a list of numbers."""
    if not isinstance(raw, list) or len(raw) > MOST_WEIGHTS:
        raise keys.BadConfig(f"weights must be a list of up to {MOST_WEIGHTS} numbers")
    try:
        return tuple(read_number(weight) for weight in raw)
    except NotANumber:
        raise keys.BadConfig("weights must be a list of numbers") from None
