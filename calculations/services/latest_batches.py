"""Lists batches."""

from __future__ import annotations

from typing import Any

from calculations.models import CalcBatch
from calculations.services.batch_status import report_batch

MOST = 100


def latest_batches(*, tenant_id: str, most: int = MOST) -> list[dict[str, Any]]:
    """Return the latest batches as HTTP answers them, newest first, with what each was asked for.

    Their warnings, which may be a thousand each, are left to the batch's own page.
    """
    batches = CalcBatch.objects.filter(tenant_id=tenant_id).defer("warnings", "item_errors", "metadata")
    return [_line(batch) for batch in batches.order_by("-created_at", "-pk")[:most]]


def _line(batch: CalcBatch) -> dict[str, Any]:
    batch.warnings = []  # set, so that it is not read
    report = report_batch(batch).as_json()
    del report["warnings"]
    return report | {
        "pamId": batch.pam_id,
        "contractId": batch.contract_id,
        "asOfDate": batch.as_of_date.isoformat(),
        "versionPreference": batch.version_preference,
        "run": batch.run,
    }
