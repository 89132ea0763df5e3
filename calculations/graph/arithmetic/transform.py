"""Functions of one value."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from calculations.graph.arithmetic.values import Compute, Values
from calculations.graph.configs import Transform
from calculations.graph.errors import MathDomain


def transform(node_id: str, config: Transform, source: int) -> Compute:
    """Return the node's function; where it has no value it raises `MathDomain`."""
    return _FUNCTIONS[config.function](node_id, config, source)


def _absolute(_node_id: str, _config: Transform, source: int) -> Compute:
    return lambda values: abs(values[source])


def _ceiling(_node_id: str, _config: Transform, source: int) -> Compute:
    return lambda values: values[source].to_integral_value(ROUND_CEILING)


def _floor(_node_id: str, _config: Transform, source: int) -> Compute:
    return lambda values: values[source].to_integral_value(ROUND_FLOOR)


def _round(_node_id: str, config: Transform, source: int) -> Compute:
    place = Decimal(1).scaleb(-config.decimals)
    return lambda values: values[source].quantize(place, ROUND_HALF_EVEN)


def _exponential(_node_id: str, _config: Transform, source: int) -> Compute:
    return lambda values: values[source].exp()


def _percent_change(_node_id: str, config: Transform, source: int) -> Compute:
    """Return the change as a fraction: 115 on 100 gives 0.15."""
    base = config.base_value
    return lambda values: (values[source] - base) / base


def _logarithm(node_id: str, _config: Transform, source: int) -> Compute:
    def compute(values: Values) -> Decimal:
        value: Decimal = values[source]
        if value <= 0:
            raise MathDomain(node_id, "log", value)
        return value.ln()

    return compute


def _square_root(node_id: str, _config: Transform, source: int) -> Compute:
    def compute(values: Values) -> Decimal:
        value: Decimal = values[source]
        if value < 0:
            raise MathDomain(node_id, "sqrt", value)
        return value.sqrt()

    return compute


def _power(node_id: str, config: Transform, source: int) -> Compute:
    exponent = config.exponent or Decimal(0)
    is_fraction = exponent != exponent.to_integral_value()

    def compute(values: Values) -> Decimal:
        value: Decimal = values[source]
        if (value == 0 and exponent <= 0) or (value < 0 and is_fraction):
            raise MathDomain(node_id, "pow", value)
        return value**exponent

    return compute


_FUNCTIONS: dict[str, Callable[[str, Transform, int], Compute]] = {
    "abs": _absolute,
    "ceil": _ceiling,
    "floor": _floor,
    "round": _round,
    "log": _logarithm,
    "exp": _exponential,
    "sqrt": _square_root,
    "pow": _power,
    "percent_change": _percent_change,
}
