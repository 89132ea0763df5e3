"""The first page of a price-math report: the batch, and its prices at a glance where they fit."""

from collections.abc import Sequence
from datetime import datetime

from jobs import timestamp
from reports.pdf.palette import CAUTION, CAUTION_PANEL
from reports.pdf.sheet import Sheet
from reports.pdf.text import Span
from reports.pdf.title import draw_heading, draw_title
from reports.pricemath.price_list import draw_price_list, list_height
from reports.pricemath.values import BatchSummary, ReportItem

TITLE = "Price Math Report"


def draw_header_page(sheet: Sheet, batch: BatchSummary, generated_at: datetime, prices: Sequence[ReportItem]) -> None:
    """Draw the page; `prices` are listed if all of them fit on it, for half a list would pass for a whole one."""
    draw_title(sheet, tenant_name=batch.tenant_name, title=TITLE, generated_at=generated_at)
    draw_heading(sheet, "Batch summary")
    sheet.facts(summary_rows(batch))
    if not batch.is_approved:
        sheet.gap(14)
        sheet.panel(
            [[Span("Not approved", 10, bold=True, colour=CAUTION), Span(": these prices are not final.", 10)]],
            fill=CAUTION_PANEL,
            bar=CAUTION,
        )
    sheet.gap(20)
    if prices and sheet.room >= list_height(len(prices)):
        draw_heading(sheet, "Prices")
        draw_price_list(sheet, prices)


def summary_rows(batch: BatchSummary) -> list[tuple[str, str]]:
    """Return the labels and values that sum up a batch."""
    rows = [
        ("Price mechanism", f"{batch.pam_name} (version {batch.pam_version})"),
        ("As-of Date", batch.as_of_date.isoformat()),
        ("Version preference", batch.version_preference),
        ("Status", batch.status),
    ]
    if batch.contract_name is not None:
        rows.insert(1, ("Contract", batch.contract_name))
    if batch.approved_at is not None:
        rows += [("Approved By", batch.approved_by or ""), ("Approved At", timestamp(batch.approved_at))]
    else:
        rows.append(("Approval", "Not approved"))
    rows.append(("Total Items", str(batch.items_total)))
    if batch.items_failed:
        rows.append(("Items failed", str(batch.items_failed)))
    return rows
