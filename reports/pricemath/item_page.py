"""The page of one item: its base price, the numbered steps, and the price they lead to."""

from reports.pdf.palette import CAUTION, CAUTION_PANEL, EMPHASIS, GOOD, INK, PANEL, PRIMARY, SECONDARY
from reports.pdf.sheet import Sheet
from reports.pdf.text import Span
from reports.pdf.title import draw_heading
from reports.pricemath.values import ReportItem
from reports.pricemath.waterfall import draw_waterfall


def draw_item_page(sheet: Sheet, item: ReportItem) -> None:
    """Start a page and draw the item; what is too long flows onto further ones."""
    title = f"{item.sku} - {item.item_name}"
    sheet.next_page()
    sheet.outline(title)
    sheet.running_title = f"{title} (continued)"
    sheet.write([Span(f"Contract: {item.contract_name}", 9, colour=SECONDARY)])
    sheet.gap(2)
    sheet.write([Span(title, 16, bold=True)])
    sheet.gap(10)
    sheet.panel(
        [_price("Base Price", item.base_currency, item.base_text, item.base_unit, 11)], fill=PANEL, bar=SECONDARY
    )
    sheet.gap(18)
    _draw_steps(sheet, item)
    _draw_result(sheet, item)
    draw_waterfall(sheet, item)
    sheet.running_title = ""


def _price(label: str, currency: str, amount: str, unit: str, size: float) -> list[Span]:
    """Return a labelled price, with what it is for."""
    colour = PRIMARY if size > 12 else INK
    spans = [Span(f"{label}: ", 11, colour=SECONDARY), Span(f"{currency} {amount}", size, bold=True, colour=colour)]
    return [*spans, Span(f" per {unit}", 9.5, colour=SECONDARY)] if unit else spans


def _draw_steps(sheet: Sheet, item: ReportItem) -> None:
    """Draw the numbered steps, parted by hairlines."""
    draw_heading(sheet, "Calculation")
    for number, step in enumerate(item.steps, start=1):
        sheet.gap(4)
        sheet.write(
            [
                Span(f"Step {number}: ", 9.5, bold=True, colour=SECONDARY),
                Span(f"{step.description} -> ", 9.5),
                Span(step.output, 9.5, bold=True),
            ]
        )
        sheet.gap(3)
        sheet.rule()
    sheet.gap(18)


def _draw_result(sheet: Sheet, item: ReportItem) -> None:
    """Draw the adjusted price, and what a reader must know of it."""
    result = [_price("Adjusted Price", item.adjusted_currency, item.adjusted_text, item.adjusted_unit, 17)]
    if item.is_approved:
        result.append([Span("APPROVED", 9.5, bold=True, colour=GOOD)])
    if not item.is_overridden:
        sheet.panel(result, fill=EMPHASIS, bar=PRIMARY)
    else:
        override = [Span(f"OVERRIDDEN: {item.override_reason or ''}", 9.5, bold=True, colour=CAUTION)]
        sheet.panel([result[0], override, *_original(item), *result[1:]], fill=EMPHASIS, bar=PRIMARY)
    if item.warnings:
        sheet.gap(12)
        sheet.panel([[Span(f"Note: {text}", 9)] for text in item.warnings], fill=CAUTION_PANEL, bar=CAUTION)
    sheet.gap(18)


def _original(item: ReportItem) -> list[list[Span]]:
    """Return the line that tells the calculated price behind an override."""
    if item.original_price is None:
        return []
    return [[Span(f"Original Price: {item.adjusted_currency} {item.original_text}", 9.5, colour=SECONDARY)]]
