"""Sums up a batch for the first page of its reports."""

from __future__ import annotations

from calculations.models import ApprovalStatus, CalcBatch
from calculations.services.approval_state import latest_approval
from reports.pricemath.values import BatchSummary


def summarise(batch: CalcBatch) -> BatchSummary:
    """Return what reports say of a batch as a whole."""
    latest = latest_approval(batch.pk)
    approval = latest if latest is not None and latest.status == ApprovalStatus.APPROVED else None
    return BatchSummary(
        batch_id=batch.pk,
        tenant_name=batch.tenant.name,
        pam_name=batch.pam.name,
        pam_version=batch.pam_version,
        contract_name=batch.contract.name if batch.contract is not None else None,
        as_of_date=batch.as_of_date,
        version_preference=batch.version_preference,
        status=batch.status,
        approved_by=approval.approved_by if approval else None,
        approved_at=approval.approved_at if approval else None,
        items_total=batch.items_total,
        items_failed=batch.items_failed,
    )
