"""Finds how far a batch moves prices: what people look at before they approve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from calculations.models import CalcBatch, CalcResult
from calculations.services.batch_results import frozen_items
from ingestion.numbers import dec

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One item's price before and after; `percent` is for looking at, not for reckoning."""

    result_id: str
    sku: str
    currency: str
    before: Decimal
    after: Decimal
    percent: float

    @property
    def words(self) -> str:
        """Return the change in words."""
        return f"{dec(self.before)} to {dec(self.after)} {self.currency} ({self.percent:+.2f} %)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChanges:
    """All changes in percent, and the items that move most; items whose currency changes are counted apart."""

    percents: Sequence[float]
    rises: Sequence[Change]
    falls: Sequence[Change]
    not_comparable: int

    @property
    def most(self) -> list[tuple[str, Sequence[Change]]]:
        """Return what moves most, with a name for each direction."""
        return [("Largest rises", self.rises), ("Largest falls", self.falls)]


def price_changes(batch: CalcBatch) -> PriceChanges:
    """Compare all prices of a batch with its frozen base prices; two queries, megabytes for a large batch."""
    comparable = sorted(_changes(batch), key=lambda change: change.percent)
    return PriceChanges(
        percents=[change.percent for change in comparable],
        rises=[change for change in comparable[: -SHOWN - 1 : -1] if change.percent > 0],
        falls=[change for change in comparable[:SHOWN] if change.percent < 0],
        not_comparable=batch.results.count() - len(comparable),
    )


def _changes(batch: CalcBatch) -> Iterator[Change]:
    """Yield the changes that are a percentage: of a base price other than 0, in the same currency."""
    items = frozen_items(batch)
    rows = CalcResult.objects.filter(batch=batch).values_list("pk", "item_id", "adjusted_price", "adjusted_currency")
    for result_id, item_id, after, currency in rows.iterator():
        item = items.get(item_id)
        if item is None or not item.base_price or item.base_currency != currency:
            continue
        percent = float((after - item.base_price) / abs(item.base_price)) * 100
        yield Change(
            result_id=result_id, sku=item.sku, currency=currency, before=item.base_price, after=after, percent=percent
        )
