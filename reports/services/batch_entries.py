"""Says which audit entries belong to a batch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from calculations.models import ApprovalEvent, CalcBatch
from calculations.models.approval import BATCH_ENTITY
from jobs import AuditEntry, count_audit, read_audit

EXPORTS = Q(action="EXPORT")


def batch_entries(batch: CalcBatch, *, until: datetime, beside_report: str) -> Iterator[AuditEntry]:
    """Yield the entries about a batch up to a time, oldest first, without those that report itself has left."""
    own = Q(entity_type="REPORT", entity_id=beside_report)
    return read_audit(tenant_id=batch.tenant_id, any_of=_conditions(batch), until=until, beside=own)


def count_actions(batch: CalcBatch) -> int:
    """Return how many entries a batch has, exports left out: making a report leaves one, and changes nothing."""
    return count_audit(tenant_id=batch.tenant_id, any_of=_conditions(batch), beside=EXPORTS)


def _conditions(batch: CalcBatch) -> list[Q]:
    """Return what makes an entry one of the batch: its entity, or the correlation id (domain specification, 13.5)."""
    approvals = ApprovalEvent.objects.filter(entity_type=BATCH_ENTITY, entity_id=batch.pk)
    conditions = [
        Q(entity_type="CALC_BATCH", entity_id=batch.pk),
        Q(entity_type="CALC_RESULT", entity_id__in=batch.results.values("pk")),
        Q(entity_type="APPROVAL_EVENT", entity_id__in=approvals.values("pk")),
    ]
    if batch.correlation_id:
        conditions.append(Q(correlation_id=batch.correlation_id))
    return conditions
