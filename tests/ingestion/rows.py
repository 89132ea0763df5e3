"""Makes index series and values for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ingestion.days import months_before
from ingestion.models import IndexSeries, IndexValue
from jobs import Tenant


def make_series(tenant: Tenant, code: str, facts: Mapping[str, Any] | None = None) -> IndexSeries:
    """Return a stored series with the values that the facts list or generate (conventions of cases.json, `series`)."""
    facts = facts or {}
    series = IndexSeries.objects.create(
        tenant=tenant,
        series_code=code,
        name=code,
        provider="test",
        data_type=facts.get("dataType", "INDEX"),
        unit=facts.get("unit"),
        frequency=facts.get("frequency", "DAILY"),
        fill_forward_days=facts.get("fillForwardDays"),
    )
    IndexValue.objects.bulk_create(
        IndexValue(tenant=tenant, series=series, as_of_date=day, version_tag=tag, value=value)
        for day, tag, value in _values(facts)
    )
    return series


def _values(facts: Mapping[str, Any]) -> Iterator[tuple[date, str, Decimal]]:
    for day, tag, value in facts.get("values", ()):
        yield date.fromisoformat(day), tag, Decimal(str(value))
    plan = facts.get("generate")
    if plan is None:
        return
    start = date.fromisoformat(plan["start"])
    for row in range(plan["count"]):
        day = months_before(start, -row) if plan.get("every") == "month" else start + timedelta(days=row)
        yield day, plan["versionTag"], Decimal(str(plan["first"])) + row * Decimal(str(plan["step"]))
