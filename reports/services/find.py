"""Loads what a report is about, for its tenant only."""

from __future__ import annotations

from calculations.errors import BatchNotCompleted, ResultNotFound
from calculations.models import BatchStatus, CalcBatch
from calculations.services.find import find_batch
from reports.errors import ReportNotFound
from reports.models import Report


def find_reportable(*, tenant_id: str, batch_id: str, item_id: str | None = None, lock: bool = False) -> CalcBatch:
    """Return a batch that reports may show, and with it the item's result if one is named.

    Raises `BatchNotFound`, `TenantMismatch`, `BatchNotCompleted` and `ResultNotFound` of the calculations app.
    """
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id, lock=lock)
    if batch.status != BatchStatus.COMPLETED:
        raise BatchNotCompleted(batch_id, batch.status)
    if item_id is not None and not batch.results.filter(item_id=item_id).exists():
        raise ResultNotFound(batch_id, item_id)
    return batch


def find_report(*, tenant_id: str, report_id: str) -> Report:
    """Return the report without its file; raises `ReportNotFound`, for another tenant's, too."""
    report = Report.objects.filter(pk=report_id, tenant_id=tenant_id).first()
    if report is None:
        raise ReportNotFound(report_id)
    return report
