"""One value of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from calculations.graph.arithmetic.values import Compute, Values
from calculations.graph.configs import Combine
from calculations.graph.errors import DivisionByZero

Sources = Sequence[int]


def combine(node_id: str, config: Combine, sources: Sources) -> Compute:
    """Return the node's function; a divisor of 0 raises `DivisionByZero`."""
    if config.operation == "divide":
        return _quotient(node_id, sources)
    if config.operation == "weighted_average":
        return _weighted(tuple(zip(sources, config.weights or (), strict=True)))
    return _OPERATIONS[config.operation](sources)


def _sum(sources: Sources) -> Compute:
    first, second, *rest = sources
    if not rest:
        return lambda values: values[first] + values[second]
    return lambda values: sum((values[source] for source in sources), Decimal(0))


def _product(sources: Sources) -> Compute:
    first, second, *rest = sources
    if not rest:
        return lambda values: values[first] * values[second]

    def compute(values: Values) -> Decimal:
        product = Decimal(1)
        for source in sources:
            product *= values[source]
        return product

    return compute


def _difference(sources: Sources) -> Compute:
    first, *others = sources

    def compute(values: Values) -> Decimal:
        left: Decimal = values[first]
        for source in others:
            left -= values[source]
        return left

    return compute


def _mean(sources: Sources) -> Compute:
    total, count = _sum(sources), len(sources)
    return lambda values: total(values) / count


def _least(sources: Sources) -> Compute:
    return lambda values: min(values[source] for source in sources)


def _greatest(sources: Sources) -> Compute:
    return lambda values: max(values[source] for source in sources)


def _quotient(node_id: str, sources: Sources) -> Compute:
    first, *divisors = sources

    def compute(values: Values) -> Decimal:
        left: Decimal = values[first]
        for source in divisors:
            divisor: Decimal = values[source]
            if not divisor:
                raise DivisionByZero(node_id)
            left /= divisor
        return left

    return compute


def _weighted(parts: Sequence[tuple[int, Decimal]]) -> Compute:
    return lambda values: sum((values[source] * weight for source, weight in parts), Decimal(0))


_OPERATIONS: dict[str, Callable[[Sources], Compute]] = {
    "add": _sum,
    "subtract": _difference,
    "multiply": _product,
    "average": _mean,
    "min": _least,
    "max": _greatest,
}
