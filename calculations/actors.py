"""What the `calculation` queue runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from calculations.conf import calculation_settings
from calculations.errors import BatchNotFound, BatchNotRunnable, TenantMismatch
from calculations.models import BatchStatus
from calculations.payloads import CalculateBatch, CalculateChunk, Recalculate
from calculations.services.batch_status import BatchReport, batch_status
from calculations.services.execute_batch import execute_batch
from calculations.services.execute_chunk import execute_chunk
from calculations.services.recalculate import recalculate
from jobs import Fail, Snooze, actor, current_job, timestamp


@actor(queue_name="calculation", actor_name="process-calculation", time_limit=300_000)
def process_calculation(payload: CalculateBatch) -> dict[str, Any]:
    """Calculate a batch; failing items are data, only databases and brokers that fail make the job retry.

    Safe to run twice: each page is stored once with its place in the batch, and only items without a result are
    calculated. A batch that was cancelled, or retried meanwhile, ends the job with what it has.
    """
    job = current_job()
    try:
        report = execute_batch(
            tenant_id=payload.tenant_id,
            batch_id=payload.batch_id,
            run=payload.run,
            on_page=lambda _page: job.renew_time_limit(),
            on_progress=job.update_progress,
        )
    except (BatchNotFound, TenantMismatch) as error:
        raise Fail(error.message) from error
    except BatchNotRunnable:
        report = batch_status(tenant_id=payload.tenant_id, batch_id=payload.batch_id)
        return _result(report, BatchStatus.FAILED)
    if report.status == BatchStatus.RUNNING:
        job.update_progress(report.percent)
        raise Snooze(calculation_settings().poll, "other jobs calculate the rest of the batch")
    return _result(report, report.status)


@actor(queue_name="calculation", actor_name="process-calculation-chunk", time_limit=300_000)
def process_calculation_chunk(payload: CalculateChunk) -> dict[str, Any]:
    """Calculate one chunk of a large batch; safe to run twice for the same reasons as the batch's own job."""
    job = current_job()
    try:
        report = execute_chunk(
            tenant_id=payload.tenant_id,
            batch_id=payload.batch_id,
            run=payload.run,
            chunk=payload.chunk,
            on_page=lambda _page: job.renew_time_limit(),
            on_progress=job.update_progress,
        )
    except (BatchNotFound, TenantMismatch) as error:
        raise Fail(error.message) from error
    return {"batchId": payload.batch_id, "run": payload.run, "chunk": payload.chunk, "batchStatus": report.status}


@actor(queue_name="calculation", actor_name="process-recalculation")
def process_recalculation(payload: Recalculate) -> dict[str, Any]:
    """Start batches for changed series; safe to repeat: a batch with the same inputs is there only once."""
    return {"batchIds": recalculate(tenant_id=payload.tenant_id, ingestion_id=payload.ingestion_id)}


def _result(report: BatchReport, status: str) -> dict[str, Any]:
    """Return what the job answers (domain specification, 11.4)."""
    return {
        "status": "SUCCESS" if status == BatchStatus.COMPLETED else "FAILED",
        "batchId": report.batch_id,
        "itemsSucceeded": report.items_succeeded,
        "itemsFailed": report.items_failed,
        "timestamp": timestamp(datetime.now(UTC)),
    }
