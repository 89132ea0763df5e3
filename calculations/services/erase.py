"""Erases what this app has of a tenant."""

from __future__ import annotations

from calculations.models import (
    PAM,
    ApprovalEvent,
    BatchInputs,
    CalcBatch,
    CalcChunk,
    CalcResult,
    Contract,
    Item,
)
from jobs import erase_rows


def erase(*, tenant: str, **_: object) -> int:
    """Delete a bounded number of a tenant's rows, and return how many. Hears the engine's `erasing`."""
    return erase_rows(
        CalcResult.objects.filter(tenant=tenant),
        CalcChunk.objects.filter(batch__tenant=tenant),
        BatchInputs.objects.filter(batch__tenant=tenant),
        ApprovalEvent.objects.filter(tenant=tenant),
        CalcBatch.objects.filter(tenant=tenant),
        Item.objects.filter(tenant=tenant),
        Contract.objects.filter(tenant=tenant),
        PAM.objects.filter(tenant=tenant),
    )
