"""Brings failed batches back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from calculations.errors import AlreadyApproved, AlreadyPending, BatchDuplicate, BatchNotFailed
from calculations.graph.frozen import FrozenInputs, read_frozen
from calculations.graph.lookups import Missing
from calculations.models import ApprovalStatus, BatchInputs, BatchStatus, CalcBatch
from calculations.services.approval_state import approval_state
from calculations.services.enqueue import enqueue_calculation
from calculations.services.find import find_batch
from calculations.services.freeze_inputs import name_inputs
from calculations.services.judge_graph import read_kinds
from calculations.services.resolve_lookups import resolve_lookups
from jobs import JobHandle, write_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedBatch:
    """A batch in its next run, and the job that will run it."""

    batch: CalcBatch
    job: JobHandle


@transaction.atomic
def retry_batch(*, tenant_id: str, batch_id: str, user_id: str = "system", priority: int = 0) -> RetriedBatch:
    """Queue the items that lack a result again; index values that were missing are looked up anew, others stay frozen.

    Raises `BatchNotFound`, `TenantMismatch`, `BatchNotFailed` if nothing has failed, `BatchDuplicate` if another live
    batch has the inputs that are there now, `AlreadyPending` and `AlreadyApproved`: results that people decide or
    have decided on stay what they are.
    """
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id, lock=True)
    if not (batch.status == BatchStatus.FAILED or (batch.status == BatchStatus.COMPLETED and batch.items_failed)):
        raise BatchNotFailed(batch_id, batch.status)
    refusal = _DECIDED.get(approval_state(batch_id))
    if refusal:
        raise refusal(batch_id)
    before = {"status": batch.status, "run": batch.run}
    inputs = _refreshed(batch)
    _queue_again(batch, inputs)
    BatchInputs.objects.filter(batch=batch).update(frozen=inputs.as_json())
    write_audit(
        tenant_id=tenant_id,
        action="UPDATE",
        entity_type="CALC_BATCH",
        entity_id=batch_id,
        user_id=user_id,
        correlation_id=batch.correlation_id,
        changes={"before": before, "after": {"status": batch.status, "run": batch.run}},
    )
    job = enqueue_calculation(tenant_id=tenant_id, batch_id=batch_id, run=batch.run, priority=priority)
    return RetriedBatch(batch=batch, job=job)


_DECIDED: dict[str | None, type[AlreadyPending | AlreadyApproved]] = {
    ApprovalStatus.PENDING.value: AlreadyPending,
    ApprovalStatus.APPROVED.value: AlreadyApproved,
}


def _refreshed(batch: CalcBatch) -> FrozenInputs:
    """Return the frozen inputs with the missing index values looked up again."""
    inputs = read_frozen(batch.frozen_inputs)
    missing = [key for key, answer in inputs.answers.items() if isinstance(answer, Missing)]
    answers = resolve_lookups(
        tenant_id=batch.tenant_id,
        keys=missing,
        as_of_date=batch.as_of_date,
        version_preference=batch.version_preference,
    )
    kinds = read_kinds(tenant_id=batch.tenant_id, codes={key.series for key in missing})
    return replace(inputs, answers={**inputs.answers, **answers}, kinds={**inputs.kinds, **kinds})


def _queue_again(batch: CalcBatch, inputs: FrozenInputs) -> None:
    """Move the batch, whose row is locked, to its next run."""
    batch.run += 1
    batch.status = BatchStatus.QUEUED
    batch.inputs_hash = name_inputs(
        inputs, batch.graph_hash, as_of_date=batch.as_of_date, version_preference=batch.version_preference
    )
    batch.items_succeeded = batch.results.count()
    batch.items_failed = 0
    batch.item_errors, batch.error = [], None
    batch.started_at = batch.completed_at = None
    batch.updated_at = timezone.now()
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError as error:
        raise BatchDuplicate(batch.pk) from error
