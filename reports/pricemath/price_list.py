"""The prices of a small batch at a glance: one table row an item."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reports.pdf.fonts import text_width
from reports.pdf.palette import INK, PANEL, PRIMARY, SECONDARY, Color
from reports.pdf.sheet import MARGIN, Sheet
from reports.pdf.text import Span, shorten
from reports.pricemath.values import ReportItem

MOST_ROWS: Final = 24
"""More never fit on a first page."""

_ROW = 17.0
_SIZE = 8.5


class _Column(NamedTuple):
    """Where a column stands, from the left margin, and how its cells look."""

    title: str
    left: float
    width: float
    to_the_right: bool = False
    bold: bool = False
    colour: Color = INK


_COLUMNS = (
    _Column("SKU", 4, 92, bold=True),
    _Column("Item", 102, 148),
    _Column("Base price", 256, 92, to_the_right=True),
    _Column("Adjusted price", 354, 92, to_the_right=True, bold=True, colour=PRIMARY),
    _Column("Change", 452, 56, to_the_right=True, colour=SECONDARY),
)


def list_height(rows: int) -> float:
    """Return the height of the list with its heading."""
    return _ROW * (rows + 1) + 44


def draw_price_list(sheet: Sheet, items: Sequence[ReportItem]) -> None:
    """Draw the table; what is too wide for its column is shortened, the item's own page has it whole."""
    sheet.y -= _ROW
    for column in _COLUMNS:
        _draw_cell(sheet, column._replace(bold=True, colour=SECONDARY), column.title)
    for number, item in enumerate(items):
        if number % 2 == 0:
            sheet.box(MARGIN, sheet.y - _ROW, sheet.width, _ROW, PANEL)
        sheet.y -= _ROW
        for column, text in zip(_COLUMNS, _cells(item), strict=True):
            _draw_cell(sheet, column, text)
    sheet.rule()


def _cells(item: ReportItem) -> tuple[str, ...]:
    """Return an item's texts, one a column."""
    percent = item.change_percent
    return (
        item.sku,
        item.item_name,
        f"{item.base_currency} {item.base_text}",
        f"{item.adjusted_currency} {item.adjusted_text}",
        "-" if percent is None else f"{percent:+.2f} %",
    )


def _draw_cell(sheet: Sheet, column: _Column, text: str) -> None:
    """Draw one cell on the row above the pen."""
    shown = shorten(text, column.width, _SIZE, bold=column.bold)
    left = MARGIN + column.left
    if column.to_the_right:
        left += column.width - text_width(shown, _SIZE, bold=column.bold)
    sheet.draw(Span(shown, _SIZE, column.bold, column.colour), left, sheet.y + 5.2)
