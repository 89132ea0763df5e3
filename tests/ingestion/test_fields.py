"""Decimals in the database: exact on every one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.errors import ValueOutOfRange
from ingestion.models import IndexSeries, IndexValue
from ingestion.numbers import LIMIT, cut
from jobs import Tenant
from tests.ingestion.rows import make_series

DAY = date(2024, 1, 15)
storable = st.decimals(min_value=1 - LIMIT, max_value=LIMIT - 1, allow_nan=False, places=12)


@pytest.fixture
def series(tenant: Tenant) -> IndexSeries:
    """Hand out a series without values."""
    return make_series(tenant, "WTI")


def _store(series: IndexSeries, number: Decimal) -> IndexValue:
    IndexValue.objects.filter(series=series).delete()
    return IndexValue.objects.create(tenant_id=series.tenant_id, series=series, as_of_date=DAY, value=number)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(number=storable)
def test_a_number_comes_back_as_it_was_stored(series: IndexSeries, number: Decimal) -> None:
    value = _store(series, number)

    value.refresh_from_db()

    assert value.value == number
    assert isinstance(value.value, Decimal)


def test_28_digits_survive(series: IndexSeries) -> None:
    value = _store(series, Decimal("-1234567890123456.123456789012"))

    value.refresh_from_db()

    assert value.value == Decimal("-1234567890123456.123456789012")


def test_more_places_are_cut_half_to_even(series: IndexSeries) -> None:
    value = _store(series, Decimal("0.0000000000025"))

    value.refresh_from_db()

    assert value.value == cut(Decimal("0.000000000002"))


@pytest.mark.parametrize("number", [LIMIT, -LIMIT, Decimal("9999999999999999.9999999999999")])
def test_a_number_that_does_not_fit_is_refused(series: IndexSeries, number: Decimal) -> None:
    with pytest.raises(ValueOutOfRange):
        _store(series, number)


def test_numbers_are_found_by_their_value_not_their_writing(series: IndexSeries) -> None:
    _store(series, Decimal("75.50"))

    assert IndexValue.objects.filter(value=Decimal("75.5")).exists()
    assert IndexValue.objects.filter(value__in=[Decimal("75.500"), Decimal(1)]).exists()
