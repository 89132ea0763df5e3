"""Creates batches: inputs frozen, hashed, and the job enqueued in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from calculations.errors import InvalidMetadata, NoItems
from calculations.graph.inputs_hash import PricedItem
from calculations.graph.json_text import storable, unstorable
from calculations.models import PAM, BatchInputs, BatchStatus, CalcBatch, Item
from calculations.services.enqueue import enqueue_calculation
from calculations.services.find import find_pam
from calculations.services.freeze_inputs import Picture, freeze_inputs
from calculations.services.judge_graph import compile_for_tenant
from ingestion.versions import VersionTag, read_tag
from jobs import JobHandle, new_id, write_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """The batch that calculates what was asked: a new one with its job, or the one that did or does it already."""

    batch: CalcBatch
    job: JobHandle | None

    @property
    def is_duplicate(self) -> bool:
        """Whether the batch was there before."""
        return self.job is None


@transaction.atomic
def create_batch(
    *,
    tenant_id: str,
    pam_id: str,
    as_of_date: date,
    contract_id: str | None = None,
    version_preference: str = VersionTag.FINAL,
    metadata: Mapping[str, Any] | None = None,
    user_id: str = "system",
    correlation_id: str | None = None,
    priority: int = 0,
) -> Creation:
    """Freeze what the PAM's items are calculated from now and enqueue their calculation.

    If a batch with the same inputs is queued, running or completed, that one is returned. Raises `PamNotFound`,
    `TenantMismatch`, `InvalidGraph`, `NoItems` and `InvalidMetadata`.
    """
    pam = find_pam(tenant_id=tenant_id, pam_id=pam_id)
    compiled = compile_for_tenant(tenant_id=tenant_id, graph=pam.graph)
    items = _priced_items(pam, contract_id)
    if not items:
        raise NoItems(pam_id, contract_id)
    preference = read_tag(version_preference)
    picture = freeze_inputs(
        tenant_id=tenant_id,
        graph=pam.graph,
        compiled=compiled,
        items=items,
        as_of_date=as_of_date,
        version_preference=preference,
    )
    batch = CalcBatch(
        tenant_id=tenant_id,
        pam=pam,
        contract_id=contract_id,
        as_of_date=as_of_date,
        version_preference=preference,
        inputs_hash=picture.inputs_hash,
        graph_hash=picture.graph_hash,
        pam_version=pam.version,
        items_total=len(items),
        correlation_id=correlation_id or new_id(),
        metadata=_storable(metadata),
    )
    twin = _insert(batch, picture)
    if twin is not None:
        return Creation(batch=twin, job=None)
    write_audit(
        tenant_id=tenant_id,
        action="CREATE",
        entity_type="CALC_BATCH",
        entity_id=batch.pk,
        user_id=user_id,
        correlation_id=batch.correlation_id,
        metadata={"pamId": pam.pk, "pamVersion": pam.version, "itemsTotal": len(items)},
    )
    job = enqueue_calculation(tenant_id=tenant_id, batch_id=batch.pk, run=batch.run, priority=priority)
    return Creation(batch=batch, job=job)


def _storable(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the caller's notes in the form in which they are kept."""
    notes = dict(metadata or {})
    reason = unstorable(notes)
    if reason:
        raise InvalidMetadata(reason)
    kept: dict[str, Any] = storable(notes)
    return kept


def _priced_items(pam: PAM, contract_id: str | None) -> list[PricedItem]:
    """Return the PAM's items, of the contract if one is given."""
    rows = Item.objects.filter(tenant_id=pam.tenant_id, pam=pam)
    if contract_id is not None:
        rows = rows.filter(contract_id=contract_id)
    return [
        PricedItem(id=pk, sku=sku, base_price=price, base_currency=currency, uom=uom)
        for pk, sku, price, currency, uom in rows.values_list("pk", "sku", "base_price", "base_currency", "uom")
    ]


def _insert(batch: CalcBatch, picture: Picture, tries: int = 3) -> CalcBatch | None:
    """Insert the batch, or return the live one with the same inputs; the unique index settles a race."""
    live = CalcBatch.objects.exclude(status=BatchStatus.FAILED).select_related("pam")
    twin = live.filter(tenant_id=batch.tenant_id, pam_id=batch.pam_id, inputs_hash=batch.inputs_hash).first()
    if twin is not None:
        return twin
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        if tries == 1:
            raise
        return _insert(batch, picture, tries - 1)  # the twin is visible now, unless it has failed meanwhile
    BatchInputs.objects.create(batch=batch, frozen=picture.inputs.as_json())
    return None
