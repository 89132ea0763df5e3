"""Deletes price adjustment mechanisms."""

from __future__ import annotations

from django.db import transaction
from django.db.models import RestrictedError

from calculations.errors import PamHasBatches
from calculations.services.find import find_pam
from jobs import write_audit


@transaction.atomic
def delete_pam(*, tenant_id: str, pam_id: str, user_id: str = "system") -> None:
    """Delete a PAM that has no batches; its items stay, without one.

    Raises `PamNotFound`, `TenantMismatch` and `PamHasBatches`.
    """
    pam = find_pam(tenant_id=tenant_id, pam_id=pam_id, lock=True)
    name = pam.name
    try:
        pam.delete()
    except RestrictedError as error:
        raise PamHasBatches(pam_id) from error
    write_audit(
        tenant_id=tenant_id,
        action="DELETE",
        entity_type="PAM",
        entity_id=pam_id,
        user_id=user_id,
        changes={"before": {"name": name, "version": pam.version}},
    )
