"""Replaces calculated prices by agreed ones."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from calculations.errors import InvalidPrice, NotApproved, ReasonRequired, ResultNotFound
from calculations.models import ApprovalStatus, CalcBatch, CalcResult
from calculations.services.approval_state import approval_state
from calculations.services.find import find_batch
from ingestion.errors import NotANumber
from ingestion.numbers import LIMIT, cut, dec, read_number
from jobs import write_audit


@transaction.atomic
def override(
    *, tenant_id: str, batch_id: str, item_id: str, override_price: Decimal | str, reason: str, user_id: str
) -> CalcResult:
    """Set another price for an item of an approved batch; what the engine gave is kept from the first time on.

    Raises `ReasonRequired`, `InvalidPrice`, `BatchNotFound`, `TenantMismatch`, `NotApproved` and `ResultNotFound`.
    """
    if not reason.strip():
        raise ReasonRequired
    price = _price(override_price)
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id, lock=True)
    if approval_state(batch_id) != ApprovalStatus.APPROVED:
        raise NotApproved(batch_id)
    result = CalcResult.objects.select_for_update().filter(batch=batch, item_id=item_id).first()
    if result is None:
        raise ResultNotFound(batch_id, item_id)
    before = result.adjusted_price
    if not result.is_overridden:
        result.original_calculated_price = before
    result.adjusted_price = price
    result.is_overridden = True
    result.override_reason = reason.strip()
    result.overridden_by = user_id
    result.overridden_at = timezone.now()
    result.save()
    _write_audit(batch, result, before)
    return result


def _price(price: Decimal | str) -> Decimal:
    """Return the price as it is stored."""
    try:
        number = cut(read_number(price))
    except NotANumber:
        raise InvalidPrice(price) from None
    if abs(number) >= LIMIT:
        raise InvalidPrice(price)
    return number


def _write_audit(batch: CalcBatch, result: CalcResult, before: Decimal) -> None:
    write_audit(
        tenant_id=batch.tenant_id,
        action="OVERRIDE",
        entity_type="CALC_RESULT",
        entity_id=result.pk,
        user_id=result.overridden_by or "system",
        correlation_id=batch.correlation_id,
        changes={
            "before": {"adjustedPrice": dec(before)},
            "after": {"adjustedPrice": dec(result.adjusted_price)},
            "reason": result.override_reason,
        },
        metadata={"batchId": batch.pk, "itemId": result.item_id},
    )
