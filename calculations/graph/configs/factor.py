"""Factors bring values in: a constant, the item's base price, or an index value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from calculations.graph.configs import keys
from calculations.graph.lookups import LookupKey

OPERATIONS = ("value", "avg_3m", "avg_6m", "avg_12m", "min", "max")
MOST_LAG_DAYS = 3660
LONGEST_SERIES_CODE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number of the contract, with a currency and a unit if it is a price."""

    value: Decimal
    currency: str | None
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasePrice:
    """The base price of the item that is priced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesValue:
    """An index value."""

    key: LookupKey


def read_factor(config: keys.Section) -> Constant | BasePrice | SeriesValue:
    """Return the one source that a factor names."""
    keys.only(config, "series", "value", "input", "operation", "lagDays", "currency", "unit")
    if sum(source in config for source in ("series", "value", "input")) != 1:
        raise keys.BadConfig("exactly one of series, value and input is needed")
    operation = keys.choice(config, "operation", OPERATIONS) or "value"
    lag_days = keys.integer(config, "lagDays", most=MOST_LAG_DAYS)
    if "series" not in config and (operation != "value" or lag_days):
        raise keys.BadConfig("operation and lagDays need a series")
    if "value" not in config and ("currency" in config or "unit" in config):
        raise keys.BadConfig("currency and unit belong to a constant")
    series = keys.text(config, "series", longest=LONGEST_SERIES_CODE)
    if series is not None:
        return SeriesValue(key=LookupKey(series=series, operation=operation, lag_days=lag_days))
    if keys.choice(config, "input", ("basePrice",)):
        return BasePrice()
    return Constant(
        value=keys.needed_number(config, "value"),
        currency=keys.currency(config, "currency"),
        unit=keys.text(config, "unit"),
    )
