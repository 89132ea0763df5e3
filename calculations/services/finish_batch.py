"""Ends the run of a batch, once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from calculations.conf import calculation_settings
from calculations.models import BatchStatus, CalcBatch, CalcChunk
from calculations.services.announce import announce_completed
from jobs import write_audit


def open_chunks(batch: CalcBatch) -> QuerySet[CalcChunk]:
    """Return the chunks of the batch's run that have items left."""
    return CalcChunk.objects.filter(batch=batch, run=batch.run, position__lt=F("end"))


def finish_if_done(batch: CalcBatch) -> bool:
    """End a running batch that has no items left; whoever works a chunk calls this after it."""
    if batch.status != BatchStatus.RUNNING or open_chunks(batch).exists():
        return False
    return finish_batch(batch, status=BatchStatus.COMPLETED)


@transaction.atomic
def finish_batch(batch: CalcBatch, *, status: BatchStatus) -> bool:
    """Write the run's end, its audit entry and its event, unless the batch has ended otherwise meanwhile.

    Whether this call ended it; two that try at once are settled by the conditional update.
    """
    now = timezone.now()
    running = CalcBatch.objects.filter(pk=batch.pk, run=batch.run, status=BatchStatus.RUNNING)
    if not running.update(status=status, completed_at=now, updated_at=now):
        return False
    gather_findings(batch)
    batch.refresh_from_db()
    write_audit(
        tenant_id=batch.tenant_id,
        action="CALCULATE",
        entity_type="CALC_BATCH",
        entity_id=batch.pk,
        correlation_id=batch.correlation_id,
        metadata={
            "status": batch.status,
            "run": batch.run,
            "itemsTotal": batch.items_total,
            "itemsSucceeded": batch.items_succeeded,
            "itemsFailed": batch.items_failed,
            "inputsHash": batch.inputs_hash,
        },
    )
    announce_completed(batch)
    return True


def gather_findings(batch: CalcBatch) -> None:
    """Move what the chunks of the run found to the batch: errors in item order, the first warnings, the last message.

    The batch has ended and its row is locked by the caller, so no page adds to a chunk any more.
    """
    errors: list[dict[str, Any]] = []
    warnings = CalcBatch.objects.values_list("warnings", flat=True).get(pk=batch.pk)
    chunks = CalcChunk.objects.filter(batch=batch, run=batch.run).order_by("index")
    for found_errors, found_warnings in chunks.values_list("item_errors", "warnings"):
        errors += found_errors
        warnings += found_warnings
    CalcBatch.objects.filter(pk=batch.pk).update(
        item_errors=errors,
        warnings=warnings[: calculation_settings().kept_warnings],
        error=errors[-1]["message"] if errors else None,
    )
