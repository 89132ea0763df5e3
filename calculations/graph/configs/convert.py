"""Converts carry a price into another unit or currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from calculations.graph.configs import keys
from calculations.graph.configs.factor import LONGEST_SERIES_CODE
from calculations.graph.lookups import LookupKey

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertUnit:
    """A change of unit by a fixed factor: units of `source` in one unit of `target`."""

    source: str
    target: str
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertCurrency:
    """A change of currency by a rate (units of `target` for one `source`): a number, or a series read on the day."""

    source: str
    target: str
    rate: Decimal | LookupKey


def read_convert(config: keys.Section) -> ConvertUnit | ConvertCurrency:
    """Return the conversion; of two factors given, conversionFactor and fixedRate win."""
    keys.only(config, "type", "from", "to", "density", "conversionFactor", "fixedRate", "fxSeries")
    kind = keys.needed_choice(config, "type", ("unit", "currency"))
    factor = keys.positive_number(config, "conversionFactor")
    density = keys.positive_number(config, "density")
    rate = keys.positive_number(config, "fixedRate")
    series = keys.text(config, "fxSeries", longest=LONGEST_SERIES_CODE)
    read_end = keys.currency if kind == "currency" else keys.text
    source, target = read_end(config, "from"), read_end(config, "to")
    if source is None or target is None:
        raise keys.BadConfig("from and to are needed")
    if kind == "unit":
        return ConvertUnit(source=source, target=target, factor=_first(factor, density, "density or conversionFactor"))
    key = None if series is None else LookupKey(series=series)
    return ConvertCurrency(source=source, target=target, rate=_first(rate, key, "fxSeries or fixedRate"))


def _first(preferred: T | None, other: U | None, needed: str) -> T | U:
    """Return the first of two that is given."""
    if preferred is not None:
        return preferred
    if other is not None:
        return other
    raise keys.BadConfig(f"{needed} is needed")
