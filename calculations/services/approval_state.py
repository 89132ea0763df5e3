"""Reads where a batch's approval stands."""

from __future__ import annotations

from calculations.models import ApprovalEvent, ApprovalStatus
from calculations.models.approval import BATCH_ENTITY


def latest_approval(batch_id: str) -> ApprovalEvent | None:
    """Return the request that counts, decided or not, or None if approval was never asked for."""
    events = ApprovalEvent.objects.filter(entity_type=BATCH_ENTITY, entity_id=batch_id)
    return events.order_by("-created_at", "-pk").first()


def approval_state(batch_id: str) -> str | None:
    """Return the status of the latest request, or None."""
    event = latest_approval(batch_id)
    return ApprovalStatus(event.status).value if event else None
