"""Reads currencies and units out of the texts that people write: `USD/bbl`, `USD`, `Index 1982=100`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iso4217 import Currency


class Unknown(Enum):
    """The dimension of what is not there yet: it clashes with nothing and skips checks."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
Dimension = str | None | Unknown
"""A currency or a unit by name, None for a bare number, or UNKNOWN."""

_CURRENCIES = frozenset(currency.code for currency in Currency)


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The currency and the unit of a value."""

    currency: Dimension = None
    unit: Dimension = None


BARE = Dimensions()
OPEN = Dimensions(UNKNOWN, UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKind:
    """What the tenant's data say about a series: its data type and the text of its unit."""

    data_type: str
    unit: str | None

    @property
    def dimensions(self) -> Dimensions:
        """Return the dimensions of the series' values; a rate or an index without a currency is a bare number."""
        if self.data_type == "FX" or not self.unit:
            return BARE
        currency, slash, unit = self.unit.partition("/")
        if currency not in _CURRENCIES or bool(slash) != bool(unit):
            return BARE
        return Dimensions(currency, unit or None)


def split_unit(text: str) -> tuple[str | None, str]:
    """Return the currency, if the text is of the form `USD/bbl`, and the unit."""
    currency, _, unit = text.partition("/")
    return (currency, unit) if unit and currency in _CURRENCIES else (None, text)


def item_dimensions(currency: str | None, unit: str | None) -> Dimensions:
    """Return the dimensions of an item's base price; what the item does not say is unknown."""
    return Dimensions(currency or UNKNOWN, unit or UNKNOWN)
