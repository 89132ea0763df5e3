"""Makes the files of reports."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from calculations.models import CalcBatch
from jobs import write_audit
from reports.errors import BatchKeepsChanging
from reports.kinds import CONTENT_TYPES, ReportFormat
from reports.models import Report, ReportStatus
from reports.payloads import GenerateReport
from reports.progress import OnProgress
from reports.services.data_version import data_version
from reports.services.draw import draw
from reports.services.find import find_reportable
from reports.services.open_work import open_work

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """A file, and the state of the batch that it shows."""

    batch: CalcBatch
    version: str
    content: bytes


def generate_report(
    *, payload: GenerateReport, job_id: str | None = None, on_progress: OnProgress = lambda _percent: None
) -> Report:
    """Make the report that a job asks for and return it; a completed one is returned as it is.

    `job_id` finds or makes the row of a payload without a report id, by default the payload's own. Raises the refusals
    of `find_reportable`, `ReportNotFound` and `ReportMismatch`, which no repeat changes; after any error the report
    is FAILED until it is made again.
    """
    report = open_work(payload, job_id or payload.default_job_id())
    if report.status == ReportStatus.COMPLETED:
        return report
    _start(report)
    try:
        drawing = _draw_settled(report, on_progress)
        _store(report, drawing)
    except Exception as error:
        running = Report.objects.filter(pk=report.pk, status=ReportStatus.RUNNING)
        running.update(status=ReportStatus.FAILED, error=str(error), updated_at=timezone.now())
        raise
    on_progress(100)
    return Report.objects.get(pk=report.pk)


def _start(report: Report) -> None:
    """Mark the report as being made, unless another run of the job has made it meanwhile."""
    Report.objects.filter(pk=report.pk).exclude(status=ReportStatus.COMPLETED).update(
        status=ReportStatus.RUNNING, error="", updated_at=timezone.now()
    )


def _draw_settled(report: Report, on_progress: OnProgress) -> _Drawing:
    """Draw the file, and draw it anew if somebody changed the batch meanwhile."""
    for _ in range(TRIES):
        batch = find_reportable(tenant_id=report.tenant_id, batch_id=report.batch_id, item_id=report.item_id)
        version = data_version(batch, report.report_type)
        report.generated_at = timezone.now()
        content = draw(report, batch, on_progress=on_progress)
        if data_version(batch, report.report_type) == version:
            return _Drawing(batch=batch, version=version, content=content)
    raise BatchKeepsChanging(report.batch_id, TRIES)


def _store(report: Report, drawing: _Drawing) -> None:
    """Store the file and write the audit entry, unless another run of the job has done so."""
    filename = f"{report.report_type}-{report.batch_id}.{report.format}"
    sha256 = hashlib.sha256(drawing.content).hexdigest()
    with transaction.atomic():
        stored = (
            Report.objects.filter(pk=report.pk)
            .exclude(status=ReportStatus.COMPLETED)
            .update(
                status=ReportStatus.COMPLETED,
                content=drawing.content,
                content_type=CONTENT_TYPES[ReportFormat(report.format)],
                filename=filename,
                size_bytes=len(drawing.content),
                sha256=sha256,
                generated_at=report.generated_at,
                data_version=drawing.version,
                error="",
                updated_at=timezone.now(),
            )
        )
        if stored:
            _write_audit(report, drawing.batch, filename, sha256)


def _write_audit(report: Report, batch: CalcBatch, filename: str, sha256: str) -> None:
    write_audit(
        tenant_id=report.tenant_id,
        action="EXPORT",
        entity_type="REPORT",
        entity_id=report.pk,
        user_id=report.requested_by,
        correlation_id=batch.correlation_id,
        metadata={
            "batchId": batch.pk,
            "reportType": report.report_type,
            "format": report.format,
            "detailed": report.detailed,
            "itemId": report.item_id,
            "filename": filename,
            "sha256": sha256,
        },
    )
