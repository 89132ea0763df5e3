"""Reads the latest values of a series for a plot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ingestion.models import IndexSeries, IndexValue


def recent_points(*, series: IndexSeries, most: int) -> dict[str, list[tuple[date, Decimal]]]:
    """Return the series' last values by version, each in order of days; `most` is for all together; one query."""
    rows = IndexValue.objects.filter(series=series).order_by("-as_of_date", "version_tag")
    points: dict[str, list[tuple[date, Decimal]]] = {}
    for day, tag, value in reversed(rows.values_list("as_of_date", "version_tag", "value")[:most]):
        points.setdefault(tag, []).append((day, value))
    return points
