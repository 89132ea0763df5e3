"""Loads what a service works on, for its tenant only."""

from __future__ import annotations

from calculations.errors import BatchNotFound, PamNotFound, TenantMismatch
from calculations.models import PAM, CalcBatch


def find_batch(*, tenant_id: str, batch_id: str, lock: bool = False) -> CalcBatch:
    """Return the batch with its PAM; with `lock` its row is held until the transaction ends.

    Raises `BatchNotFound` and `TenantMismatch`.
    """
    rows = CalcBatch.objects.select_related("pam")
    if lock:
        rows = rows.select_for_update(of=("self",))
    batch = rows.filter(pk=batch_id).first()
    if batch is None:
        raise BatchNotFound(batch_id)
    if batch.tenant_id != tenant_id:
        raise TenantMismatch("Batch", batch_id)
    return batch


def find_pam(*, tenant_id: str, pam_id: str, lock: bool = False) -> PAM:
    """Return the PAM; with `lock` its row is held until the transaction ends.

    Raises `PamNotFound` and `TenantMismatch`.
    """
    rows = PAM.objects.select_for_update() if lock else PAM.objects.all()
    pam = rows.filter(pk=pam_id).first()
    if pam is None:
        raise PamNotFound(pam_id)
    if pam.tenant_id != tenant_id:
        raise TenantMismatch("PAM", pam_id)
    return pam
