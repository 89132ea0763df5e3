"""The way from the base to the adjusted price as a small chart."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from ingestion.numbers import money
from reports.pdf.fonts import text_width
from reports.pdf.palette import CAUTION, GOOD, HAIRLINE, INK, PRIMARY, SECONDARY, Color
from reports.pdf.sheet import MARGIN, Sheet
from reports.pdf.text import Span, shorten
from reports.pdf.title import draw_heading
from reports.pricemath.values import ReportItem

MOST_COLUMNS: Final = 11

_HEIGHT = 150.0
_PLOT = 100.0
_SIZE = 7.0


class Column(NamedTuple):
    """One bar from a level to another; a whole price starts at None, the foot of the chart."""

    name: str
    start: Decimal | None
    end: Decimal
    amount: str
    colour: Color


def draw_waterfall(sheet: Sheet, item: ReportItem) -> None:
    """Draw the chart, if the item's prices can be compared and this page has room for it."""
    columns = list(waterfall_columns(item))
    if not 3 <= len(columns) <= MOST_COLUMNS or sheet.room < _HEIGHT + 40:
        return
    draw_heading(sheet, "From base to adjusted price")
    _draw_columns(sheet, columns)


def waterfall_columns(item: ReportItem) -> Iterator[Column]:
    """Yield the base price, each move that changes the price, an override as the last move, the adjusted price."""
    if item.base_currency != item.adjusted_currency or not item.moves:
        return
    yield Column("Base price", None, item.base_price, item.base_text, SECONDARY)
    level = item.base_price
    for move in item.moves:
        if move.delta:
            yield _moved(move.name, level, level + move.delta, item.adjusted_currency)
            level += move.delta
    if item.is_overridden and item.adjusted_price != level:
        yield _moved("Override", level, item.adjusted_price, item.adjusted_currency)
    yield Column("Adjusted price", None, item.adjusted_price, item.adjusted_text, PRIMARY)


def _moved(name: str, start: Decimal, end: Decimal, currency: str) -> Column:
    """Return the bar of a move."""
    delta = end - start
    return Column(
        name, start, end, f"{'+' if delta > 0 else ''}{money(delta, currency)}", GOOD if delta > 0 else CAUTION
    )


def scale_ends(levels: Iterable[Decimal]) -> tuple[float, float]:
    """Return the lowest and highest value that the chart shows.

    Zero is inside, unless that would flatten the moves: the foot then lies half the spread under the lowest level.
    """
    values = [float(level) for level in levels]
    low, high = min(values), max(values)
    spread = high - low
    return (low - spread / 2, high) if 0 < spread < low else (min(low, 0.0), max(high, 0.0))


def _draw_columns(sheet: Sheet, columns: list[Column]) -> None:
    """Draw bars with their amounts above and names below; a line joins each bar's end to the next one."""
    foot, top = scale_ends(value for column in columns for value in (column.start, column.end) if value is not None)
    bottom = sheet.y - _HEIGHT + 30
    slot = sheet.width / len(columns)
    width = min(slot * 0.62, 46.0)

    def height(value: Decimal | None) -> float:
        shown = max(foot, 0.0) if value is None else float(value)
        return bottom + (shown - foot) * _PLOT / ((top - foot) or 1.0)

    for number, column in enumerate(columns):
        left = MARGIN + number * slot + (slot - width) / 2
        lower, upper = sorted((height(column.start), height(column.end)))
        sheet.box(left, lower, width, max(upper - lower, 0.8), column.colour)
        if number:
            sheet.line(left + width - slot, left, height(columns[number - 1].end), colour=SECONDARY, thickness=0.4)
        for text, base, colour in ((column.amount, upper + 4, INK), (column.name, bottom - 12, SECONDARY)):
            shown = shorten(text, slot - 4, _SIZE)
            start = left + (width - text_width(shown, _SIZE)) / 2
            sheet.draw(Span(shown, _SIZE, colour=colour), start, base)
    sheet.line(MARGIN, MARGIN + sheet.width, height(None), colour=HAIRLINE)
    if foot > 0:
        sheet.draw(Span(f"The bars start at {foot:.2f}, not at zero.", _SIZE, colour=SECONDARY), MARGIN, bottom - 25)
    sheet.y -= _HEIGHT
