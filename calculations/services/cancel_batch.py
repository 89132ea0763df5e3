"""Cancels batches."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from calculations.errors import BatchNotCancellable
from calculations.models import BatchStatus, CalcBatch
from calculations.services.find import find_batch
from calculations.services.finish_batch import gather_findings
from jobs import write_audit

CANCELLED = "Cancelled by user"
"""The stored error of a cancelled batch."""


@transaction.atomic
def cancel_batch(*, tenant_id: str, batch_id: str, user_id: str = "system") -> CalcBatch:
    """Stop a batch before its next page: it is FAILED then, and keeps the results it has.

    Raises `BatchNotFound`, `TenantMismatch` and `BatchNotCancellable`.
    """
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id)
    now = timezone.now()
    alive = CalcBatch.objects.filter(pk=batch_id, status__in=[BatchStatus.QUEUED, BatchStatus.RUNNING])
    if not alive.update(status=BatchStatus.FAILED, completed_at=now, updated_at=now):
        batch.refresh_from_db(fields=["status"])
        raise BatchNotCancellable(batch_id, batch.status)
    before = batch.status
    batch.refresh_from_db()
    gather_findings(batch)
    CalcBatch.objects.filter(pk=batch_id).update(error=CANCELLED)
    batch.refresh_from_db()
    write_audit(
        tenant_id=tenant_id,
        action="UPDATE",
        entity_type="CALC_BATCH",
        entity_id=batch_id,
        user_id=user_id,
        correlation_id=batch.correlation_id,
        changes={"before": {"status": before}, "after": {"status": batch.status, "error": CANCELLED}},
    )
    return batch
