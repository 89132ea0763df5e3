"""Rejects a batch's prices."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from calculations.errors import ReasonRequired
from calculations.models import ApprovalEvent, ApprovalStatus
from calculations.services.announce import announce_rejected
from calculations.services.decide import decide
from calculations.services.find import find_batch
from jobs import write_audit


@transaction.atomic
def reject(*, tenant_id: str, batch_id: str, user_id: str, reason: str) -> ApprovalEvent:
    """Reject the pending request; the results stay, and approval may be asked for again.

    Raises `ReasonRequired`, `BatchNotFound`, `TenantMismatch` and `NoPendingApproval`.
    """
    if not reason.strip():
        raise ReasonRequired
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id, lock=True)
    event = decide(
        batch_id,
        becomes=ApprovalStatus.REJECTED,
        rejected_by=user_id,
        rejected_at=timezone.now(),
        comments=reason.strip(),
    )
    write_audit(
        tenant_id=tenant_id,
        action="REJECT",
        entity_type="CALC_BATCH",
        entity_id=batch_id,
        user_id=user_id,
        correlation_id=batch.correlation_id,
        metadata={"approvalId": event.pk, "reason": event.comments},
    )
    announce_rejected(batch, event)
    return event
