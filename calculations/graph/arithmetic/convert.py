"""Multiplication by a factor or a rate."""

from __future__ import annotations

from decimal import Decimal

from calculations.graph.arithmetic.values import Compute, Values
from calculations.graph.errors import LookupMissing, MathDomain
from calculations.graph.lookups import Answer, Missing


def convert(source: int, factor: Decimal) -> Compute:
    """Return a function that multiplies by a number."""
    return lambda values: values[source] * factor


def convert_by_series(node_id: str, source: int, answer: Answer) -> Compute:
    """Return a function that multiplies by a rate from a series; raises `LookupMissing` and `MathDomain`."""

    def compute(values: Values) -> Decimal:
        if isinstance(answer, Missing):
            raise LookupMissing(node_id, answer.code, answer.message)
        if answer.value <= 0:
            raise MathDomain(node_id, "convert", answer.value)
        result: Decimal = values[source] * answer.value
        return result

    return compute
