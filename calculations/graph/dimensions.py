"""Follows currencies and units through a graph (domain specification, 5.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from calculations.graph.configs import (
    BasePrice,
    Combine,
    Config,
    Constant,
    Controls,
    ConvertCurrency,
    ConvertUnit,
    SeriesValue,
    Transform,
)
from calculations.graph.plan import Plan
from calculations.graph.problem import Code, Problem
from calculations.graph.units import BARE, OPEN, UNKNOWN, Dimension, Dimensions, split_unit

_KEEPING = frozenset({"abs", "ceil", "floor", "round", "sqrt", "pow"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """The dimensions of every needed node, and the clashes found on the way."""

    of_node: dict[str, Dimensions] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Clash:
    code: Code
    text: str


@dataclass(frozen=True, slots=True)
class _Site:
    """A node with what reaches it."""

    config: Any
    inputs: Sequence[Dimensions]
    base: Dimensions
    plan: Plan


_Found = Iterator[_Clash | Dimensions]


def derive(plan: Plan, base: Dimensions = OPEN) -> Derived:
    """Return the dimensions of each node in execution order, for items whose base price has those of `base`.

    After a clash the node's result is what its rule says last, else unknown, so that one mistake is reported once.
    """
    derived = Derived()
    for node_id in plan.order:
        config = plan.configs[node_id]
        site = _Site(config, [derived.of_node[source] for source in plan.inputs[node_id]], base, plan)
        derived.of_node[node_id] = OPEN
        for found in _RULES[type(config)](site):
            if isinstance(found, Dimensions):
                derived.of_node[node_id] = found
            else:
                message = f"Node {node_id}: {found.text}"
                derived.problems.append(Problem(code=found.code, message=message, node_id=node_id))
    return derived


def _constant(site: _Site) -> _Found:
    yield Dimensions(site.config.currency, site.config.unit)


def _base_price(site: _Site) -> _Found:
    yield site.base


def _series(site: _Site) -> _Found:
    kind = site.plan.kinds.get(site.config.key.series)
    yield kind.dimensions if kind else OPEN


def _transform(site: _Site) -> _Found:
    yield site.inputs[0] if site.config.function in _KEEPING else BARE


def _convert_unit(site: _Site) -> _Found:
    value = site.inputs[0]
    from_currency, from_unit = split_unit(site.config.source)
    to_currency, to_unit = split_unit(site.config.target)
    if value.unit is None:
        yield _Clash(Code.INVALID_NODE_CONFIG, "the input has no unit to convert")
    elif value.unit not in (from_unit, UNKNOWN):
        yield _Clash(Code.UNIT_MISMATCH, f"converts from {from_unit}, the input is in {value.unit}")
    for currency in (from_currency, to_currency):
        if currency and value.currency not in (currency, UNKNOWN):
            text = f"names {currency}, the input is in {value.currency or 'no currency'}"
            yield _Clash(Code.CURRENCY_MISMATCH, text)
            break
    yield Dimensions(value.currency, to_unit)


def _convert_currency(site: _Site) -> _Found:
    value = site.inputs[0]
    if value.currency is None:
        yield _Clash(Code.INVALID_NODE_CONFIG, "the input has no currency to convert")
    elif value.currency not in (site.config.source, UNKNOWN):
        text = f"converts from {site.config.source}, the input is in {value.currency}"
        yield _Clash(Code.CURRENCY_MISMATCH, text)
    yield Dimensions(site.config.target, value.unit)


def _combine(site: _Site) -> _Found:
    currencies = [value.currency for value in site.inputs]
    money = _known(currencies)
    if site.config.operation == "multiply" and len(money) > 1:
        yield _Clash(Code.CURRENCY_MISMATCH, f"multiplies money by money ({' by '.join(money)})")
    else:
        yield from _clashes(Code.CURRENCY_MISMATCH, currencies)
    units = [value.unit for value in site.inputs]
    yield from _clashes(Code.UNIT_MISMATCH, units)
    result = _quotient if site.config.operation == "divide" else _common
    yield Dimensions(result(currencies), result(units))


def _controls(site: _Site) -> _Found:
    values = list(site.inputs)
    if len(values) == 1 and site.config.is_percent(1):
        values.append(site.base)
    yield from _clashes(Code.CURRENCY_MISMATCH, [value.currency for value in values])
    yield from _clashes(Code.UNIT_MISMATCH, [value.unit for value in values])
    yield values[0]


def _known(values: Sequence[Dimension]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _clashes(code: Code, values: Sequence[Dimension]) -> Iterator[_Clash]:
    """Yield one clash if known values differ; a bare number fits anything."""
    different = list(dict.fromkeys(_known(values)))
    if len(different) > 1:
        yield _Clash(code, f"brings together {' and '.join(different)}")


def _common(values: Sequence[Dimension]) -> Dimension:
    """Return what the values share; unknown after a clash."""
    known = set(_known(values))
    if len(known) == 1:
        return known.pop()
    return UNKNOWN if known or UNKNOWN in values else None


def _quotient(values: Sequence[Dimension]) -> Dimension:
    """Return what is left of a dividend; the same dimension in a divisor cancels it."""
    divisors = values[1:]
    if _known(divisors):
        return None
    return UNKNOWN if UNKNOWN in divisors else values[0]


_RULES: dict[type[Config], Callable[[_Site], _Found]] = {
    Constant: _constant,
    BasePrice: _base_price,
    SeriesValue: _series,
    Transform: _transform,
    ConvertUnit: _convert_unit,
    ConvertCurrency: _convert_currency,
    Combine: _combine,
    Controls: _controls,
}
