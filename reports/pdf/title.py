"""The top of a report's first page."""

from datetime import datetime

from jobs import timestamp
from reports.pdf.palette import PRIMARY, SECONDARY
from reports.pdf.sheet import MARGIN, Sheet
from reports.pdf.text import Span


def draw_title(sheet: Sheet, *, tenant_name: str, title: str, generated_at: datetime) -> None:
    """Write whose report this is, what it is and when it was made."""
    sheet.box(0, sheet.top + MARGIN - 8, sheet.width + 2 * MARGIN, 8, PRIMARY)
    sheet.write([Span(tenant_name, 11, bold=True, colour=SECONDARY)])
    sheet.gap(4)
    sheet.write([Span(title, 24, bold=True, colour=PRIMARY)])
    sheet.gap(2)
    sheet.write([Span(f"Generated: {timestamp(generated_at)}", 9, colour=SECONDARY)])
    sheet.gap(18)


def draw_heading(sheet: Sheet, text: str) -> None:
    """Write the heading of a section."""
    sheet.need(60)
    sheet.write([Span(text, 11.5, bold=True, colour=PRIMARY)])
    sheet.gap(4)
    sheet.rule(colour=PRIMARY, thickness=0.9)
