"""The price-math report as a PDF file."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, islice

from reports.pdf.sheet import Sheet
from reports.pricemath.header_page import TITLE, draw_header_page
from reports.pricemath.item_page import draw_item_page
from reports.pricemath.price_list import MOST_ROWS
from reports.pricemath.values import BatchSummary, ReportItem


def price_math_pdf(batch: BatchSummary, items: Iterable[ReportItem], *, generated_at: datetime) -> bytes:
    """Return the file: a page on the batch, then each item, in the order given, on a page of its own.

    Items are drawn as they come, so a large batch need not be in memory. The same values give the same bytes.
    """
    sheet = Sheet(
        title=TITLE,
        author=batch.tenant_name,
        subject=f"Batch {batch.batch_id}",
        footer=f"Batch ID: {batch.batch_id}",
        created=generated_at,
    )
    coming = iter(items)
    first = list(islice(coming, MOST_ROWS + 1))
    draw_header_page(sheet, batch, generated_at, first if len(first) <= MOST_ROWS else ())
    for item in chain(first, coming):
        draw_item_page(sheet, item)
    return sheet.finish()
