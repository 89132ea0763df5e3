"""Days: calendar arithmetic without surprises."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.days import days_before, months_before, read_day
from ingestion.errors import NotADay


@given(st.dates())
def test_a_day_reads_back(day: date) -> None:
    assert read_day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20240115",
        "2024-1-5",
        "2024-02-30",
        "2024-13-01",
        "2024-W03-1",
        "0000-01-01",
        "2024-01-15T00:00",
        "٢٠٢٤-٠١-١٥",
    ],
)
def test_other_texts_are_no_days(text: str) -> None:
    with pytest.raises(NotADay):
        read_day(text)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2023, 5, 31), 3, date(2023, 2, 28)),
        (date(2024, 1, 15), 12, date(2023, 1, 15)),
        (date(2024, 1, 31), 1, date(2023, 12, 31)),
        (date(1, 2, 1), 3, date.min),
    ],
)
def test_months_before_keeps_the_day_or_the_end_of_the_month(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_days_before_stops_at_the_first_day_there_is() -> None:
    assert days_before(date(2024, 3, 1), 1) == date(2024, 2, 29)
    assert days_before(date(1, 1, 5), 100) == date.min
