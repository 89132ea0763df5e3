"""A series as a line over time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.plot_scale import ticks
from ingestion.series_plot import HEIGHT, WIDTH, draw_series
from ingestion.services.recent_points import recent_points
from jobs import Tenant
from tests.ingestion.pictures import SVG, read_picture
from tests.ingestion.rows import make_series

DAY = date(2024, 1, 1)
LINE = [(DAY, Decimal(10)), (DAY + timedelta(days=1), Decimal(30)), (DAY + timedelta(days=4), Decimal("20.5"))]


def test_a_later_day_stands_further_right_and_a_larger_value_higher() -> None:
    picture = read_picture(draw_series({"FINAL": LINE}, title="WTI"))

    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in picture.iter(f"{SVG}circle")][:3]

    assert dots[0][0] < dots[1][0] < dots[2][0]
    assert dots[1][1] < dots[2][1] < dots[0][1]


def test_the_axes_have_round_numbers_days_and_the_unit() -> None:
    picture = read_picture(draw_series({"FINAL": LINE}, title="WTI", unit="USD/bbl"))

    texts = [text.text for text in picture.iter(f"{SVG}text")]

    assert texts == ["10", "15", "20", "25", "30", *[f"2024-01-0{day}" for day in range(1, 6)], "USD/bbl", "Final"]


def test_versions_differ_in_their_strokes_and_are_named() -> None:
    points = {"PRELIMINARY": LINE, "REVISED": LINE[:2], "FINAL": LINE[:1]}

    picture = read_picture(draw_series(points, title="WTI"))
    strokes = [line.attrib.get("stroke-dasharray") for line in picture.iter(f"{SVG}polyline")]

    assert strokes == [None, None, "7 3", "7 3", "2 3", "2 3"]
    assert [text.text for text in picture.iter(f"{SVG}text")][-3:] == ["Final", "Revised", "Preliminary"]


def test_a_person_who_cannot_see_it_is_read_where_it_begins_and_ends() -> None:
    picture = read_picture(draw_series({"FINAL": LINE}, title="WTI"))

    assert picture.findtext(f"{SVG}title") == "WTI"
    assert picture.findtext(f"{SVG}desc") == (
        "Final: 3 values from 2024-01-01 (10) to 2024-01-05 (20.5), the least 10, the most 30."
    )


def test_a_series_without_values_has_no_plot() -> None:
    assert draw_series({"FINAL": []}, title="WTI") is None


def test_a_hostile_code_and_unit_stay_texts() -> None:
    drawn = draw_series({"FINAL": LINE}, title="</title><script>", unit='"><img src=x>')

    assert drawn is not None
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert read_picture(drawn).findtext(f"{SVG}title") == "</title><script>"


@given(
    values=st.lists(st.decimals(-(10**16), 10**16, allow_nan=False, places=12), min_size=1, max_size=20),
    gap=st.integers(0, 4000),
)
def test_every_value_lies_inside_the_picture(values: list[Decimal], gap: int) -> None:
    line = [(DAY + timedelta(days=place * gap), value) for place, value in enumerate(values)]

    picture = read_picture(draw_series({"FINAL": line}, title="WTI"))

    for dot in picture.iter(f"{SVG}circle"):
        assert 0 <= float(dot.attrib["cx"]) <= WIDTH
        assert 0 <= float(dot.attrib["cy"]) <= HEIGHT


@given(low=st.floats(-1e16, 1e16), span=st.floats(0, 1e16))
def test_an_axis_has_few_numbers_and_holds_all(low: float, span: float) -> None:
    unseen = 1e-9 * (abs(low) + span)  # far less than a pixel
    marks = ticks(low, low + span)

    assert 2 <= len(marks) <= 8
    assert marks[0] <= low + unseen
    assert marks[-1] >= low + span - unseen


@pytest.mark.django_db
def test_the_last_values_are_read_by_version_in_order_of_days(tenant: Tenant) -> None:
    values = [["2024-01-02", "FINAL", "2"], ["2024-01-01", "FINAL", "1"], ["2024-01-03", "REVISED", "3"]]
    series = make_series(tenant, "WTI", {"values": [*values, ["2023-01-01", "FINAL", "0"]]})

    assert recent_points(series=series, most=3) == {
        "FINAL": [(date(2024, 1, 1), Decimal(1)), (date(2024, 1, 2), Decimal(2))],
        "REVISED": [(date(2024, 1, 3), Decimal(3))],
    }
