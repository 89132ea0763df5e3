"""Takes requests for reports."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from calculations.models import CalcBatch
from jobs import new_id
from reports.kinds import ReportFormat, ReportType
from reports.models import Report, ReportStatus
from reports.payloads import GenerateReport
from reports.services.data_version import data_version
from reports.services.enqueue import enqueue_report
from reports.services.find import find_reportable

_DEAD = ("failed", "cancelled")
"""States of a job that will make no report any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedReport:
    """The report that shows what was asked for: a new one with its job, or the one there is."""

    report: Report
    created: bool


@transaction.atomic
def request_report(
    *,
    tenant_id: str,
    report_type: str,
    batch_id: str,
    format: str,  # noqa: A002  # the word of the payload and of HTTP
    user_id: str,
    detailed: bool = False,
    item_id: str | None = None,
    priority: int = 0,
) -> RequestedReport:
    """Enqueue the making of a report, unless one shows the batch as it is now and is made, or will be.

    Holds the batch's row, so two requests at once make one report. Raises `BatchNotFound`, `TenantMismatch`,
    `BatchNotCompleted` and `ResultNotFound` of the calculations app.
    """
    wanted = GenerateReport(
        tenant_id=tenant_id,
        report_type=ReportType(report_type),
        batch_id=batch_id,
        format=ReportFormat(format),
        user_id=user_id,
        detailed=detailed,
        item_id=item_id,
    )
    batch = find_reportable(tenant_id=tenant_id, batch_id=batch_id, item_id=item_id, lock=True)
    version = data_version(batch, wanted.report_type)
    current = _latest(wanted)
    if current is not None and current.data_version == version and _is_or_will_be_made(current, wanted):
        return RequestedReport(report=current, created=False)
    return RequestedReport(report=_create(batch, wanted, version, priority), created=True)


def _latest(wanted: GenerateReport) -> Report | None:
    """Return the last report of the same kind."""
    kept = Report.objects.filter(
        tenant_id=wanted.tenant_id,
        batch_id=wanted.batch_id,
        report_type=wanted.report_type,
        format=wanted.format,
        detailed=wanted.detailed,
        item_id=wanted.item_id,
    )
    return kept.order_by("-created_at", "-pk").first()


def _is_or_will_be_made(report: Report, wanted: GenerateReport) -> bool:
    """Return whether there is a file or a live job; a job whose row was pruned is enqueued again."""
    if report.status == ReportStatus.COMPLETED:
        return True
    job = enqueue_report(wanted.model_copy(update={"report_id": report.pk}), job_id=report.job_id)
    return job.state not in _DEAD


def _create(batch: CalcBatch, wanted: GenerateReport, version: str, priority: int) -> Report:
    """Insert a report with a job of its own: the default id belongs to the first one of its kind."""
    report_id = new_id()
    payload = wanted.model_copy(update={"report_id": report_id})
    plain = payload.default_job_id()
    job = None
    if not Report.objects.filter(tenant_id=batch.tenant_id, job_id=plain).exists():
        job = enqueue_report(payload, job_id=plain, priority=priority)
    if job is None or not job.created:
        job = enqueue_report(payload, job_id=f"{plain}-{report_id}", priority=priority)
    return Report.objects.create(
        id=report_id,
        tenant_id=batch.tenant_id,
        batch=batch,
        report_type=wanted.report_type,
        format=wanted.format,
        detailed=wanted.detailed,
        item_id=wanted.item_id,
        job_id=job.job_id,
        data_version=version,
        requested_by=wanted.user_id,
    )
