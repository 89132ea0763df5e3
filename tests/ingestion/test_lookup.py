"""Lookups beyond the conformance cases: borders, messages, other tenants, queries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from ingestion.errors import IndexValueNotFound, SeriesNotFound, UnknownOperation
from ingestion.services.lookup import Lookup, look_up
from jobs import Tenant
from tests.ingestion.rows import make_series

DAY = date(2024, 1, 15)


def _look_up(tenant: Tenant, **query: Any) -> Lookup:
    return look_up(tenant_id=tenant.id, series_code="WTI", as_of_date=DAY, **query)


def test_a_nearer_day_beats_a_better_version(tenant: Tenant) -> None:
    make_series(tenant, "WTI", {"values": [["2024-01-10", "PRELIMINARY", "1"], ["2024-01-07", "FINAL", "2"]]})

    found = _look_up(tenant)

    assert (found.value, found.version_tag, found.gap_days, found.warning) == (Decimal(1), "PRELIMINARY", 5, True)


@pytest.mark.parametrize(
    ("frequency", "days"), [("DAILY", 10), ("WEEKLY", 17), ("MONTHLY", 41), ("QUARTERLY", 102), ("ANNUAL", 376)]
)
def test_the_last_day_of_the_fill_window_counts_and_the_next_does_not(
    tenant: Tenant, frequency: str, days: int
) -> None:
    inside = date.fromordinal(DAY.toordinal() - days)
    make_series(tenant, "WTI", {"frequency": frequency, "values": [[inside.isoformat(), "FINAL", "1"]]})

    assert _look_up(tenant).gap_days == days
    with pytest.raises(IndexValueNotFound, match=f"No index value for series 'WTI' on .* or up to {days} days before"):
        _look_up(tenant, lag_days=-1)


def test_the_message_of_an_empty_window_names_both_ends(tenant: Tenant) -> None:
    make_series(tenant, "WTI")

    with pytest.raises(IndexValueNotFound) as caught:
        _look_up(tenant, operation="avg_3m")

    assert caught.value.message == "No index value for series 'WTI' from 2023-10-15 to 2024-01-15"


def test_the_first_day_of_a_window_counts_for_daily_series_only(tenant: Tenant) -> None:
    values = {"values": [["2023-10-15", "FINAL", "1"], ["2024-01-15", "FINAL", "3"]]}
    make_series(tenant, "WTI", values)
    make_series(tenant, "CPI", {**values, "frequency": "MONTHLY"})

    daily = _look_up(tenant, operation="avg_3m")
    monthly = look_up(tenant_id=tenant.id, series_code="CPI", as_of_date=DAY, operation="avg_3m")

    assert (daily.value, daily.count) == (Decimal(2), 2)
    assert (monthly.value, monthly.count) == (Decimal(3), 1)


def test_an_average_is_not_rounded_before_it_leaves(tenant: Tenant) -> None:
    values = [["2024-01-13", "FINAL", "1"], ["2024-01-14", "FINAL", "1"], ["2024-01-15", "FINAL", "2"]]
    make_series(tenant, "WTI", {"values": values})

    assert _look_up(tenant, operation="avg_3m").value == Decimal("1." + "3" * 33)


def test_min_and_max_are_those_of_twelve_months_and_name_the_latest_day(tenant: Tenant) -> None:
    values = [["2023-01-14", "FINAL", "-9"], ["2023-06-01", "FINAL", "5"], ["2024-01-02", "REVISED", "7"]]
    make_series(tenant, "WTI", {"values": values})

    least = _look_up(tenant, operation="min")

    assert (least.value, least.version_tag, least.actual_date) == (Decimal(5), "REVISED", date(2024, 1, 2))
    assert _look_up(tenant, operation="max").value == 7


def test_another_tenants_series_is_unknown(tenant: Tenant) -> None:
    other = Tenant.objects.create(name="Other", slug="other")
    make_series(other, "WTI", {"values": [["2024-01-15", "FINAL", "1"]]})

    with pytest.raises(SeriesNotFound, match="Series not found: WTI"):
        _look_up(tenant)


def test_an_unknown_operation_is_refused(tenant: Tenant) -> None:
    with pytest.raises(UnknownOperation):
        _look_up(tenant, operation="median")


@pytest.mark.parametrize("operation", ["value", "avg_12m"])
def test_a_lookup_takes_two_queries(
    tenant: Tenant, operation: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_series(
        tenant,
        "WTI",
        {"generate": {"start": "2023-01-15", "count": 366, "first": "1", "step": "0", "versionTag": "FINAL"}},
    )

    with django_assert_num_queries(2):
        _look_up(tenant, operation=operation)
