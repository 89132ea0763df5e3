"""Tells the world what became of a batch, in the transaction of the change (domain specification, 10.1 and 10.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from calculations.models import ApprovalEvent, CalcBatch
from jobs import timestamp
from jobs.signals import announced


def announce_completed(batch: CalcBatch) -> None:
    """Announce that a run of the batch has ended, well or not; named by the run, so that it is told once."""
    started, completed = batch.started_at, batch.completed_at
    _send(
        batch,
        "calc.batch.completed",
        f"{batch.pk}:{batch.run}",
        {
            "status": batch.status,
            "itemCount": batch.items_succeeded,
            "errorCount": batch.items_failed or None,
            "errorMessage": batch.error,
            "executionTimeMs": _milliseconds(started, completed) if started and completed else 0,
        },
    )


def announce_approved(batch: CalcBatch, event: ApprovalEvent, *, item_count: int, override_count: int) -> None:
    """Announce that the batch's prices have been approved."""
    facts = {
        "approvedBy": event.approved_by,
        "approvedAt": timestamp(event.approved_at) if event.approved_at else None,
        "itemCount": item_count,
        "overrideCount": override_count,
    }
    _send(batch, "calc.batch.approved", event.pk, facts)


def announce_rejected(batch: CalcBatch, event: ApprovalEvent) -> None:
    """Announce that the batch's prices have been rejected."""
    facts = {
        "rejectedBy": event.rejected_by,
        "rejectedAt": timestamp(event.rejected_at) if event.rejected_at else None,
        "reason": event.comments,
    }
    _send(batch, "calc.batch.rejected", event.pk, facts)


def _send(batch: CalcBatch, event_type: str, name: str, facts: dict[str, Any]) -> None:
    """Send the event with the batch's own facts first; what is not known is left out."""
    about = {
        "batchId": batch.pk,
        "pamId": batch.pam_id,
        "pamName": batch.pam.name,
        "asOfDate": batch.as_of_date.isoformat(),
    }
    known = {key: value for key, value in (about | facts).items() if value is not None}
    announced.send(
        sender=CalcBatch, type=event_type, tenant_id=batch.tenant_id, key=f"{event_type}:{name}", facts=known
    )


def _milliseconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() * 1000)
