"""Finds the index value that a price uses on a day (domain specification, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from ingestion.days import days_before, months_before
from ingestion.errors import IndexValueNotFound, SeriesNotFound, UnknownOperation
from ingestion.models import Frequency, IndexSeries, IndexValue
from ingestion.numbers import CONTEXT
from ingestion.versions import VersionTag, version_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The answer: a value that is not rounded yet, and where it comes from.

    `count` is the number of days used; `version_tag` and `actual_date` are those of the latest of them.
    """

    value: Decimal
    version_tag: str
    requested_date: date
    actual_date: date
    gap_days: int
    count: int

    @property
    def warning(self) -> bool:
        """Return whether an earlier day stands in for the requested one."""
        return self.gap_days > 0


class _Window(NamedTuple):
    months: int
    summarize: Callable[[Sequence[Decimal]], Decimal]


def _mean(values: Sequence[Decimal]) -> Decimal:
    with localcontext(CONTEXT):
        return sum(values, Decimal(0)) / len(values)


_WINDOWS = {
    "avg_3m": _Window(3, _mean),
    "avg_6m": _Window(6, _mean),
    "avg_12m": _Window(12, _mean),
    "min": _Window(12, min),
    "max": _Window(12, max),
}
OPERATIONS = ("value", *_WINDOWS)


def look_up(
    *,
    tenant_id: str,
    series_code: str,
    as_of_date: date,
    version_preference: str | None = VersionTag.FINAL,
    lag_days: int = 0,
    operation: str = "value",
) -> Lookup:
    """Return one value, or a window's mean, minimum or maximum, as of a day; two queries.

    Raises `SeriesNotFound` or `IndexValueNotFound`, both `LookupFailed`; nothing found is never zero.
    """
    if operation not in OPERATIONS:
        raise UnknownOperation(operation)
    series = IndexSeries.objects.filter(tenant_id=tenant_id, series_code=series_code).first()
    if series is None:
        raise SeriesNotFound(series_code)
    requested = days_before(as_of_date, lag_days)
    order = version_order(version_preference)
    if operation == "value":
        return _nearest(series, requested, order)
    return _over(series, requested, order, _WINDOWS[operation])


def _nearest(series: IndexSeries, requested: date, order: Sequence[VersionTag]) -> Lookup:
    """Return the value of the latest day that has one: a nearer day beats a better version."""
    first_day = days_before(requested, series.fill_days)
    rows = IndexValue.objects.filter(series=series, as_of_date__gte=first_day, as_of_date__lte=requested)
    days = _best_of_each_day(rows.order_by("-as_of_date")[: len(order)], order)
    if not days:
        raise IndexValueNotFound(
            series.series_code, first_day=first_day, last_day=requested, fill_days=series.fill_days
        )
    found = max(days, key=lambda row: row.as_of_date)
    return Lookup(
        value=found.value,
        version_tag=found.version_tag,
        requested_date=requested,
        actual_date=found.as_of_date,
        gap_days=(requested - found.as_of_date).days,
        count=1,
    )


def _over(series: IndexSeries, requested: date, order: Sequence[VersionTag], window: _Window) -> Lookup:
    """Return the summary of the days that have a value; missing ones are neither filled nor weighted."""
    first_day = months_before(requested, window.months)
    rows = IndexValue.objects.filter(series=series, as_of_date__gte=first_day, as_of_date__lte=requested)
    if not Frequency(series.frequency).counts_days:
        rows = rows.exclude(as_of_date=first_day)
    days = _best_of_each_day(rows, order)
    if not days:
        raise IndexValueNotFound(series.series_code, first_day=first_day, last_day=requested)
    latest = max(days, key=lambda row: row.as_of_date)
    return Lookup(
        value=window.summarize([row.value for row in days]),
        version_tag=latest.version_tag,
        requested_date=requested,
        actual_date=latest.as_of_date,
        gap_days=0,
        count=len(days),
    )


def _best_of_each_day(rows: Iterable[IndexValue], order: Sequence[VersionTag]) -> list[IndexValue]:
    """Return one row for each day, the first in version order."""
    rank = {tag.value: place for place, tag in enumerate(order)}
    best: dict[date, IndexValue] = {}
    for row in rows:
        known = best.get(row.as_of_date)
        if known is None or rank[row.version_tag] < rank[known.version_tag]:
            best[row.as_of_date] = row
    return list(best.values())
