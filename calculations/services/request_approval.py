"""Asks people to approve a batch's prices."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from calculations.errors import AlreadyApproved, AlreadyPending, BatchNotCompleted, NoResults
from calculations.models import ApprovalEvent, ApprovalStatus, BatchStatus
from calculations.services.approval_state import approval_state
from calculations.services.find import find_batch
from calculations.transitions import may_become
from jobs import write_audit


@transaction.atomic
def request_approval(*, tenant_id: str, batch_id: str, user_id: str) -> ApprovalEvent:
    """Open a request, also after a rejection.

    Raises `BatchNotFound`, `TenantMismatch`, `BatchNotCompleted`, `NoResults`, `AlreadyPending`, `AlreadyApproved`.
    """
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id, lock=True)
    if batch.status != BatchStatus.COMPLETED:
        raise BatchNotCompleted(batch_id, batch.status)
    if not batch.results.exists():
        raise NoResults(batch_id)
    state = approval_state(batch_id)
    if not may_become(state, ApprovalStatus.PENDING):
        raise AlreadyApproved(batch_id) if state == ApprovalStatus.APPROVED else AlreadyPending(batch_id)
    try:
        with transaction.atomic():
            event = ApprovalEvent.objects.create(tenant_id=tenant_id, entity_id=batch_id, requested_by=user_id)
    except IntegrityError as error:
        raise AlreadyPending(batch_id) from error
    write_audit(
        tenant_id=tenant_id,
        action="REQUEST_APPROVAL",
        entity_type="CALC_BATCH",
        entity_id=batch_id,
        user_id=user_id,
        correlation_id=batch.correlation_id,
        metadata={"approvalId": event.pk},
    )
    return event
