"""What the `reports` queue runs."""

from __future__ import annotations

from typing import Any

from calculations.errors import CalculationRefused
from jobs import Fail, actor, current_job, timestamp
from reports.errors import ReportRefused
from reports.payloads import GenerateReport
from reports.services.generate import generate_report


@actor(queue_name="reports", actor_name="generate-report", time_limit=300_000)
def process_report(payload: GenerateReport) -> dict[str, Any]:
    """Make a report's file.

    Safe to run twice: a completed report is not drawn again, and the file, its hash and the audit entry are committed
    together, once.
    """
    job = current_job()

    def on_progress(percent: int) -> None:
        job.update_progress(percent)
        job.renew_time_limit()  # the limit is for what hangs, not for what is large

    try:
        report = generate_report(payload=payload, job_id=job.job_id, on_progress=on_progress)
    except (ReportRefused, CalculationRefused) as error:
        raise Fail(error.message) from error
    return {
        "status": "GENERATED",
        "reportId": report.pk,
        "reportType": report.report_type,
        "format": report.format,
        "timestamp": timestamp(report.made_at),
    }
