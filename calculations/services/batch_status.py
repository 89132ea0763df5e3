"""Says how far a batch is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calculations.models import CalcBatch
from calculations.services.find import find_batch
from jobs import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """A batch's state at one moment."""

    batch_id: str
    status: str
    items_total: int
    items_succeeded: int
    items_failed: int
    started_at: datetime | None
    completed_at: datetime | None
    error: str | None
    inputs_hash: str
    warnings: list[dict[str, Any]]
    is_duplicate: bool = False

    @property
    def items_processed(self) -> int:
        """Return how many items have a result or have failed."""
        return self.items_succeeded + self.items_failed

    @property
    def percent(self) -> int:
        """Return the share of the items that have been processed, rounded down."""
        return 100 * self.items_processed // self.items_total

    def as_json(self) -> dict[str, Any]:
        """Return the report as HTTP answers it; an absent error is left out."""
        report: dict[str, Any] = {
            "batchId": self.batch_id,
            "status": self.status,
            "itemsTotal": self.items_total,
            "itemsProcessed": self.items_processed,
            "itemsSucceeded": self.items_succeeded,
            "itemsFailed": self.items_failed,
            "startedAt": timestamp(self.started_at) if self.started_at else None,
            "completedAt": timestamp(self.completed_at) if self.completed_at else None,
            "inputsHash": self.inputs_hash,
            "isDuplicate": self.is_duplicate,
            "warnings": self.warnings,
        }
        return report if self.error is None else report | {"error": self.error}


def batch_status(*, tenant_id: str, batch_id: str) -> BatchReport:
    """Return the state of a batch; raises `BatchNotFound` and `TenantMismatch`."""
    return report_batch(find_batch(tenant_id=tenant_id, batch_id=batch_id))


def report_batch(batch: CalcBatch, *, is_duplicate: bool = False) -> BatchReport:
    """Return the state that a loaded row shows."""
    return BatchReport(
        batch_id=batch.pk,
        status=batch.status,
        items_total=batch.items_total,
        items_succeeded=batch.items_succeeded,
        items_failed=batch.items_failed,
        started_at=batch.started_at,
        completed_at=batch.completed_at,
        error=batch.error,
        inputs_hash=batch.inputs_hash,
        warnings=batch.warnings,
        is_duplicate=is_duplicate,
    )
