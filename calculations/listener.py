"""Hears that a load has ended, and asks for the batches that follow, in the load's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calculations.models import PAM, OnNewValues
from calculations.payloads import Recalculate
from jobs import enqueue

LOADED = "ingestion.completed"


def hear(*, type: str, tenant_id: str, facts: Mapping[str, Any], **_: object) -> None:  # noqa: A002  # the signal's word
    """Enqueue the look at what changed, if a mechanism of the tenant wants to know."""
    if type != LOADED:
        return
    if PAM.objects.filter(tenant=tenant_id).exclude(on_new_values=OnNewValues.NOTHING).exists():
        enqueue(Recalculate(tenant_id=tenant_id, ingestion_id=facts["ingestionId"]))
