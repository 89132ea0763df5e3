"""Finds the row of the report that a job is to make."""

from __future__ import annotations

from calculations.services.find import find_batch
from reports.errors import ReportMismatch, ReportNotFound
from reports.models import Report
from reports.payloads import GenerateReport


def open_work(payload: GenerateReport, job_id: str) -> Report:
    """Return the report a job was enqueued for; a job enqueued without one has its row made here, once.

    Raises `ReportNotFound`, `ReportMismatch`, and for a new row `BatchNotFound` and `TenantMismatch`.
    """
    if payload.report_id is None:
        return _own_report(payload, job_id)
    report = Report.objects.filter(pk=payload.report_id).first()
    if report is None:
        raise ReportNotFound(payload.report_id)
    if report.tenant_id != payload.tenant_id:
        raise ReportMismatch(report.pk)
    return report


def _own_report(payload: GenerateReport, job_id: str) -> Report:
    """Return the report of a job that brought none; a second run of the job finds the row of the first."""
    batch = find_batch(tenant_id=payload.tenant_id, batch_id=payload.batch_id)
    return Report.objects.get_or_create(
        tenant_id=batch.tenant_id,
        job_id=job_id,
        defaults={
            "batch": batch,
            "report_type": payload.report_type,
            "format": payload.format,
            "detailed": payload.detailed,
            "item_id": payload.item_id,
            "requested_by": payload.user_id,
        },
    )[0]
