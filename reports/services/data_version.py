"""Tells whether a batch still is what a report has shown."""

from __future__ import annotations

import hashlib

from django.db.models import Count, Max

from calculations.models import CalcBatch
from calculations.services.approval_state import latest_approval
from jobs import canonical_json
from reports.kinds import ReportType
from reports.services.batch_entries import count_actions


def data_version(batch: CalcBatch, report_type: str) -> str:
    """Return a hash that is another one after a retry, an approval, an override, and for audits after any action.

    Costs a query each on the batch, its results, its approvals and, for audits, the log.
    """
    approval = latest_approval(batch.pk)
    results = batch.results.aggregate(
        count=Count("pk"), changed=Max("updated_at"), approved=Max("approved_at"), overridden=Max("overridden_at")
    )
    facts = {
        "run": CalcBatch.objects.values_list("run", flat=True).get(pk=batch.pk),  # `batch` may be older than that
        "results": {name: str(value) for name, value in results.items()},
        "approval": [approval.pk, approval.status] if approval else None,
        "actions": count_actions(batch) if report_type == ReportType.AUDIT else None,
    }
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()
