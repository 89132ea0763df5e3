"""One fault for a row, the first in the order of the specification."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.faults import LONGEST_QUOTE, RowFault
from ingestion.filters import Filters
from ingestion.numbers import cut
from ingestion.parsing.points import point_records
from ingestion.parsing.rows import Row, read_row
from ingestion.parsing.sifting import sift
from ingestion.versions import read_stored_form, read_tag

DAY = date(2024, 1, 15)
GOOD = ["WTI", "2024-01-15", "75.50", "FINAL"]


def _fault(*cells: str) -> tuple[str, str]:
    found = read_row((7, list(cells)))
    assert isinstance(found, RowFault)
    return found.code, found.message


def test_cells_are_trimmed_and_the_tag_may_be_in_any_case() -> None:
    assert read_row((2, [" WTI ", "\t2024-01-15", " 75.50 ", " final"])) == Row(2, "WTI", DAY, "FINAL", Decimal("75.5"))


@pytest.mark.parametrize(
    ("cells", "code", "message"),
    [
        (["WTI"], "COLUMN_COUNT", "4 columns expected, 1 found"),
        ([*GOOD, ""], "COLUMN_COUNT", "4 columns expected, 5 found"),
        ([" ", "x", "x", "x"], "SERIES_CODE_REQUIRED", "seriesCode is empty"),
        (["WTI", "x", "x", "x"], "INVALID_DATE", "Invalid date: x"),
        (["WTI", "2024-02-30", "x", "x"], "INVALID_DATE", "Invalid date: 2024-02-30"),
        (["WTI", "2024-01-15", "x", "x"], "INVALID_VALUE", "Invalid value: x"),
        (
            ["WTI", "2024-01-15", "10000000000000000", "x"],
            "VALUE_OUT_OF_RANGE",
            "Value out of range: 10000000000000000",
        ),
        (["WTI", "2024-01-15", "1", "x"], "INVALID_VERSION_TAG", "Invalid versionTag: x"),
        (["WTI", "2024-01-15", "1", ""], "INVALID_VERSION_TAG", "Invalid versionTag: "),
    ],
)
def test_the_first_fault_counts(cells: list[str], code: str, message: str) -> None:
    assert _fault(*cells) == (code, message)


@pytest.mark.parametrize(
    "value", ["", ".", "+", "1e5", "NaN", "Infinity", "0x1F", "1,000", "1_000", "- 1", "١", "1.2.3"]
)
def test_other_writings_are_no_values(value: str) -> None:
    assert _fault("WTI", "2024-01-15", value, "FINAL")[0] == "INVALID_VALUE"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+1.50", "1.5"),
        ("5.", "5"),
        (".5", "0.5"),
        ("-0", "0"),
        ("007", "7"),
        ("9999999999999999.999999999999", "9999999999999999.999999999999"),
        ("0.0000000000015", "0.000000000002"),
    ],
)
def test_a_value_is_read_exactly_and_cut_to_twelve_places(text: str, value: str) -> None:
    row = read_row((2, ["WTI", "2024-01-15", text, "FINAL"]))

    assert isinstance(row, Row)
    assert row.value == Decimal(value)


@pytest.mark.parametrize("value", ["-10000000000000000", "9999999999999999.9999999999999", "9" * 60])
def test_the_range_is_that_of_the_cut_value(value: str) -> None:
    assert _fault("WTI", "2024-01-15", value, "FINAL")[0] == "VALUE_OUT_OF_RANGE"


@given(st.from_regex(r"[+-]?([0-9]{1,15}(\.[0-9]{0,20})?|\.[0-9]{1,20})", fullmatch=True))
def test_every_number_of_the_grammar_is_read(text: str) -> None:
    row = read_row((2, ["WTI", "2024-01-15", text, "FINAL"]))

    assert isinstance(row, Row)
    assert row.value == cut(Decimal(text))


def test_a_fault_names_series_and_day_as_far_as_they_are_known() -> None:
    no_day = read_row((3, ["WTI", "x", "1", "FINAL"]))
    no_value = read_row((4, ["WTI", "2024-01-15", "x", "FINAL"]))

    assert isinstance(no_day, RowFault)
    assert isinstance(no_value, RowFault)
    assert no_day.as_json() == {"line": 3, "code": "INVALID_DATE", "message": "Invalid date: x", "seriesCode": "WTI"}
    assert no_value.as_json()["asOfDate"] == "2024-01-15"


def test_a_message_does_not_repeat_a_whole_novel() -> None:
    assert _fault("WTI", "2024-01-15", "y" * 5_000, "FINAL")[1] == "Invalid value: " + "y" * LONGEST_QUOTE


def test_filters_come_after_the_checks() -> None:
    records = [(2, GOOD), (3, ["BRENT", "2024-01-15", "x", "FINAL"]), (4, ["BRENT", "2024-01-15", "1", "FINAL"])]

    found = sift(records, filters=Filters(series_codes=frozenset({"WTI"})), read_tag=read_stored_form)

    assert [row.line for row in found.rows] == [2]
    assert [fault.line for fault in found.faults] == [3]
    assert (found.filtered, found.records) == (1, 3)


def test_both_days_of_a_filter_are_inside() -> None:
    filters = Filters(start_date=date(2024, 1, 12), end_date=date(2024, 1, 18))

    assert [day for day in range(1, 31) if filters.admit("WTI", date(2024, 1, day))] == list(range(12, 19))


def test_filters_read_back_from_what_a_run_keeps() -> None:
    filters = Filters(series_codes=frozenset({"B", "A"}), start_date=DAY)

    assert filters.as_json() == {"seriesCodes": ["A", "B"], "startDate": "2024-01-15"}
    assert Filters.model_validate(filters.as_json()) == filters
    assert Filters.model_validate({}).admit("WTI", DAY)


def test_points_take_what_they_leave_out_from_their_payload() -> None:
    points = [{"value": "1"}, {"value": "2", "seriesCode": "BRENT", "versionTag": "prelim", "asOfDate": "2024-01-16"}]
    defaults = {"seriesCode": "WTI", "asOfDate": "2024-01-15", "versionTag": "FINAL"}

    first, second = (read_row(record, read_tag=read_tag) for record in point_records(points, defaults))

    assert first == Row(1, "WTI", DAY, "FINAL", Decimal(1))
    assert second == Row(2, "BRENT", date(2024, 1, 16), "PRELIMINARY", Decimal(2))
