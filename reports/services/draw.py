"""Draws a report: reads the rows it is about and hands their values to the pure part."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from calculations.models import CalcBatch
from jobs import AuditEntry
from reports.auditlog.entries_csv import audit_csv
from reports.auditlog.pdf import audit_pdf
from reports.kinds import ReportFormat, ReportType
from reports.models import Report
from reports.pricemath.detailed_csv import detailed_csv
from reports.pricemath.header_page import summary_rows
from reports.pricemath.pdf import price_math_pdf
from reports.pricemath.summary_csv import summary_csv
from reports.pricemath.values import ReportItem
from reports.progress import OnProgress, watched
from reports.services.batch_entries import batch_entries, count_actions
from reports.services.read_items import Depth, read_items
from reports.services.summarise import summarise

DRAWN = 95
"""Percent when all items are drawn; what follows are footers, fonts and the row."""


def draw(report: Report, batch: CalcBatch, *, on_progress: OnProgress) -> bytes:
    """Return the report's file; the same rows and the same `generated_at` give the same bytes."""
    return _DRAWERS[report.report_type, report.format](report, batch, on_progress)


def _price_math_pdf(report: Report, batch: CalcBatch, on_progress: OnProgress) -> bytes:
    items = _items(report, batch, on_progress, depth=Depth.MOVES)
    return price_math_pdf(summarise(batch), items, generated_at=report.made_at)


def _price_math_csv(report: Report, batch: CalcBatch, on_progress: OnProgress) -> bytes:
    write, depth = (detailed_csv, Depth.STEPS) if report.detailed else (summary_csv, Depth.COUNT)
    return b"".join(write(_items(report, batch, on_progress, depth=depth)))


def _audit_pdf(report: Report, batch: CalcBatch, on_progress: OnProgress) -> bytes:
    summary = summarise(batch)
    return audit_pdf(
        _entries(report, batch, on_progress),
        batch_id=batch.pk,
        tenant_name=summary.tenant_name,
        summary=summary_rows(summary),
        generated_at=report.made_at,
    )


def _audit_csv(report: Report, batch: CalcBatch, on_progress: OnProgress) -> bytes:
    return b"".join(audit_csv(_entries(report, batch, on_progress)))


def _items(report: Report, batch: CalcBatch, on_progress: OnProgress, *, depth: Depth) -> Iterator[ReportItem]:
    """Yield the items of a report and tell how far it is."""
    items = read_items(batch, item_id=report.item_id, depth=depth)
    return watched(items, total=batch.items_succeeded, upto=DRAWN, on_progress=on_progress)


def _entries(report: Report, batch: CalcBatch, on_progress: OnProgress) -> Iterator[AuditEntry]:
    """Yield the audit entries of a report and tell how far it is."""
    entries = batch_entries(batch, until=report.made_at, beside_report=report.pk)
    return watched(entries, total=count_actions(batch), upto=DRAWN, on_progress=on_progress)


_DRAWERS: dict[tuple[str, str], Callable[[Report, CalcBatch, OnProgress], bytes]] = {
    (ReportType.PRICE_MATH, ReportFormat.PDF): _price_math_pdf,
    (ReportType.PRICE_MATH, ReportFormat.CSV): _price_math_csv,
    (ReportType.AUDIT, ReportFormat.PDF): _audit_pdf,
    (ReportType.AUDIT, ReportFormat.CSV): _audit_csv,
}
