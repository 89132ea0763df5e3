"""Settles a pending request, once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from calculations.errors import NoPendingApproval
from calculations.models import ApprovalEvent, ApprovalStatus
from calculations.services.approval_state import latest_approval


def decide(batch_id: str, *, becomes: ApprovalStatus, **decision: Any) -> ApprovalEvent:
    """Move the pending request of a batch to its decision; raises `NoPendingApproval`."""
    event = latest_approval(batch_id)
    pending = ApprovalEvent.objects.filter(pk=event.pk if event else "", status=ApprovalStatus.PENDING)
    if event is None or not pending.update(status=becomes, updated_at=timezone.now(), **decision):
        raise NoPendingApproval(batch_id)
    event.refresh_from_db()
    return event
