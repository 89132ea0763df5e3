"""Values that come into a graph."""

from __future__ import annotations

from decimal import Decimal

from calculations.graph.arithmetic.values import Compute, Values
from calculations.graph.errors import LookupMissing, MissingBasePrice
from calculations.graph.lookups import Answer, Missing


def constant(value: Decimal) -> Compute:
    """Return a function that gives a number."""
    return lambda _values: +value


def base_price(node_id: str) -> Compute:
    """Return a function that gives the item's base price; raises `MissingBasePrice`."""

    def compute(values: Values) -> Decimal:
        price: Decimal | None = values[-1]
        if price is None:
            raise MissingBasePrice(node_id)
        return +price

    return compute


def index_value(node_id: str, answer: Answer) -> Compute:
    """Return a function that gives an index value; raises `LookupMissing`."""

    def compute(_values: Values) -> Decimal:
        if isinstance(answer, Missing):
            raise LookupMissing(node_id, answer.code, answer.message)
        return +answer.value

    return compute
