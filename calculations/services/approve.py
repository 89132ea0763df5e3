"""Approves a batch's prices."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from calculations.models import ApprovalEvent, ApprovalStatus
from calculations.services.announce import announce_approved
from calculations.services.decide import decide
from calculations.services.find import find_batch
from jobs import write_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A decision for, and the number of results it covers."""

    event: ApprovalEvent
    items_approved: int


@transaction.atomic
def approve(*, tenant_id: str, batch_id: str, user_id: str, comments: str | None = None) -> Approval:
    """Approve the pending request and with it all results of the batch; this is final.

    Raises `BatchNotFound`, `TenantMismatch` and `NoPendingApproval`.
    """
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id, lock=True)
    now = timezone.now()
    event = decide(batch_id, becomes=ApprovalStatus.APPROVED, approved_by=user_id, approved_at=now, comments=comments)
    counts = batch.results.aggregate(items=Count("pk"), overridden=Count("pk", filter=Q(is_overridden=True)))
    batch.results.update(is_approved=True, approved_by=user_id, approved_at=now, updated_at=now)
    write_audit(
        tenant_id=tenant_id,
        action="APPROVE",
        entity_type="CALC_BATCH",
        entity_id=batch_id,
        user_id=user_id,
        correlation_id=batch.correlation_id,
        metadata={"approvalId": event.pk, "itemsApproved": counts["items"], "comments": comments},
    )
    announce_approved(batch, event, item_count=counts["items"], override_count=counts["overridden"])
    return Approval(event=event, items_approved=counts["items"])
