"""What the chart of an item's way from base to adjusted price shows."""

from __future__ import annotations

from decimal import Decimal

from reports.pricemath.values import Move
from reports.pricemath.waterfall import scale_ends, waterfall_columns
from tests.reports.values import item, pages, pdf


def moves(*deltas: str) -> tuple[Move, ...]:
    return tuple(Move(name=f"n{number}", delta=Decimal(delta)) for number, delta in enumerate(deltas))


def test_bars_lead_from_the_base_to_the_adjusted_price() -> None:
    columns = list(waterfall_columns(item(moves=moves("20", "0", "-4.5"))))

    assert [(column.name, column.amount) for column in columns] == [
        ("Base price", "100.00"),
        ("n0", "+20.00"),
        ("n2", "-4.50"),
        ("Adjusted price", "115.50"),
    ]
    assert [column.start for column in columns] == [None, 100, 120, None]
    assert [column.end for column in columns] == [100, 120, Decimal("115.5"), Decimal("115.5")]


def test_an_override_is_the_last_move() -> None:
    overridden = item(adjusted_price=Decimal(120), is_overridden=True, original_price=Decimal("115.5"))

    columns = list(waterfall_columns(overridden))

    assert [(column.name, column.amount) for column in columns[-2:]] == [
        ("Override", "+4.50"),
        ("Adjusted price", "120.00"),
    ]


def test_prices_in_two_currencies_have_no_chart() -> None:
    assert not list(waterfall_columns(item(adjusted_currency="EUR")))
    assert "From base to adjusted price" not in pages(pdf(item(adjusted_currency="EUR")))[1]


def test_small_moves_of_a_high_price_stay_visible_and_the_chart_says_so() -> None:
    page = pages(pdf(item(moves=moves("15.5"))))[1]

    assert scale_ends([Decimal(100), Decimal("115.5")]) == (92.25, 115.5)
    assert "The bars start at 92.25, not at zero." in page


def test_zero_is_on_the_chart_of_prices_around_or_below_it() -> None:
    assert scale_ends([Decimal(-10), Decimal(20)]) == (-10, 20)
    assert scale_ends([Decimal(-115), Decimal(-100)]) == (-115, 0)
    assert scale_ends([Decimal(1), Decimal(5)]) == (0, 5)
