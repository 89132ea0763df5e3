"""How a price came about, and how far a batch is, as pictures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from calculations.graph.waterfall import Segment
from calculations.picture.waterfall import LEFT, RIGHT, WIDTH, draw_waterfall
from ingestion.progress_bar import WIDTH as BAR_WIDTH
from ingestion.progress_bar import draw_progress
from tests.ingestion.pictures import SVG, read_picture


def segments(*deltas: str) -> list[Segment]:
    return [Segment(node_id=f"n{place}", delta=Decimal(delta)) for place, delta in enumerate(deltas)]


def test_bars_lead_from_the_base_price_to_the_calculated_price() -> None:
    drawn = draw_waterfall(segments("20", "-5"), names={"n0": "Fuel"}, base_price=Decimal(100), title="Steel")

    picture = read_picture(drawn)
    bars = [(float(bar.attrib["x"]), float(bar.attrib["width"])) for bar in picture.iter(f"{SVG}rect")]
    wide = WIDTH - RIGHT - LEFT

    assert bars == [(LEFT, wide), (LEFT + 0.75 * wide, 0.25 * wide)]
    assert picture.findtext(f"{SVG}desc") == "Base price 100. Fuel +20. n1 -5. Calculated price 115."


def test_a_node_that_adds_nothing_has_a_mark_all_the_same() -> None:
    drawn = draw_waterfall(segments("0"), names={}, base_price=Decimal(100), title="Steel")

    assert [bar.attrib["width"] for bar in read_picture(drawn).iter(f"{SVG}rect")] == ["2"]


def test_a_hostile_label_stays_a_text_and_a_long_one_is_cut() -> None:
    name = "<script>alert(1)</script>" * 3

    drawn = draw_waterfall(segments("1"), names={"n0": name}, base_price=Decimal(1), title="</title><b>")

    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert [text.text for text in read_picture(drawn).iter(f"{SVG}text")][2] == f"{name[:27]}…"


@pytest.mark.parametrize(
    ("total", "succeeded", "failed", "shares"),
    [(4, 2, 1, [0.5, 0.25, 0.25]), (4, 0, 0, [1.0]), (4, 4, 0, [1.0]), (0, 0, 0, [])],
)
def test_a_bar_is_shared_between_what_succeeded_what_failed_and_what_is_left(
    total: int, succeeded: int, failed: int, shares: list[float]
) -> None:
    picture = read_picture(draw_progress(total=total, succeeded=succeeded, failed=failed))

    assert [float(part.attrib["width"]) / BAR_WIDTH for part in picture.iter(f"{SVG}rect")] == shares
    assert picture.findtext(f"{SVG}desc") == f"{succeeded} of {total} items succeeded, {failed} failed."
