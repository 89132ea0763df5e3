"""How people decide on prices, and change them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from calculations.errors import (
    AlreadyApproved,
    AlreadyPending,
    BatchNotCompleted,
    CalculationRefused,
    InvalidPrice,
    NoPendingApproval,
    NoResults,
    NotApproved,
    ReasonRequired,
    ResultNotFound,
    TenantMismatch,
)
from calculations.models import ApprovalEvent, CalcBatch, CalcResult
from calculations.services.approve import approve
from calculations.services.execute_batch import execute_batch
from calculations.services.override import override
from calculations.services.reject import reject
from calculations.services.request_approval import request_approval
from calculations.transitions import may_become
from jobs import Tenant
from tests.calculations.test_executing_batches import QUOTIENT

Queue = Callable[..., CalcBatch]


@pytest.fixture
def batch(queued: Queue) -> CalcBatch:
    """Hand out a completed batch of two prices."""
    made = queued("100", "110")
    execute_batch(tenant_id="t1", batch_id=made.pk)
    made.refresh_from_db()
    return made


def ask(batch: CalcBatch) -> ApprovalEvent:
    return request_approval(tenant_id="t1", batch_id=batch.pk, user_id="u1")


def agree(batch: CalcBatch, **options: Any) -> int:
    return approve(tenant_id="t1", batch_id=batch.pk, user_id="u2", **options).items_approved


def change(batch: CalcBatch, price: Any = "125", reason: str = "Agreed", item_id: str = "i1") -> CalcResult:
    return override(
        tenant_id="t1", batch_id=batch.pk, item_id=item_id, override_price=price, reason=reason, user_id="u3"
    )


def test_an_approval_covers_all_results(batch: CalcBatch) -> None:
    ask(batch)

    covered = agree(batch, comments="fine")

    assert covered == 2
    event = ApprovalEvent.objects.get()
    assert (event.status, event.requested_by, event.approved_by, event.comments) == ("APPROVED", "u1", "u2", "fine")
    for result in CalcResult.objects.all():
        assert (result.is_approved, result.approved_by, result.approved_at) == (True, "u2", event.approved_at)


def test_a_decision_is_announced_with_its_facts(batch: CalcBatch, news: list[Any]) -> None:
    ask(batch)
    rejection = reject(tenant_id="t1", batch_id=batch.pk, user_id="u2", reason=" too high ")
    ask(batch)
    agree(batch)
    approval = ApprovalEvent.objects.exclude(pk=rejection.pk).get()

    first, second = news
    times = first["facts"].pop("rejectedAt"), second["facts"].pop("approvedAt")
    about = [("batchId", batch.pk), ("pamId", batch.pam_id), ("pamName", batch.pam.name), ("asOfDate", "2024-01-15")]
    assert first["key"] == f"calc.batch.rejected:{rejection.pk}"
    assert list(first["facts"].items()) == [*about, ("rejectedBy", "u2"), ("reason", "too high")]
    assert second["key"] == f"calc.batch.approved:{approval.pk}"
    assert list(second["facts"].items()) == [*about, ("approvedBy", "u2"), ("itemCount", 2), ("overrideCount", 0)]
    assert all(time.endswith("Z") and len(time) == 24 for time in times)


def test_an_approval_is_final(batch: CalcBatch) -> None:
    ask(batch)
    agree(batch)

    with pytest.raises(AlreadyApproved):
        ask(batch)
    with pytest.raises(NoPendingApproval):
        agree(batch)
    with pytest.raises(NoPendingApproval):
        reject(tenant_id="t1", batch_id=batch.pk, user_id="u2", reason="late")

    assert ApprovalEvent.objects.get().status == "APPROVED"


def test_a_request_is_open_once_and_may_follow_a_rejection(batch: CalcBatch) -> None:
    ask(batch)
    with pytest.raises(AlreadyPending):
        ask(batch)
    reject(tenant_id="t1", batch_id=batch.pk, user_id="u2", reason="no")

    ask(batch)

    assert list(ApprovalEvent.objects.order_by("created_at").values_list("status", flat=True)) == [
        "REJECTED",
        "PENDING",
    ]
    assert not CalcResult.objects.filter(is_approved=True).exists()


def test_the_database_keeps_a_second_pending_request_out(batch: CalcBatch) -> None:
    event = ask(batch)

    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalEvent.objects.create(tenant_id="t1", entity_id=event.entity_id, requested_by="u9")


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_rejection_needs_a_reason_before_anything_else(batch: CalcBatch, reason: str) -> None:
    with pytest.raises(ReasonRequired):
        reject(tenant_id="t1", batch_id="nope", user_id="u2", reason=reason)


def test_only_a_completed_batch_with_results_can_be_approved(queued: Queue) -> None:
    batch = queued("0", graph=QUOTIENT)
    with pytest.raises(BatchNotCompleted, match="must be COMPLETED"):
        ask(batch)
    execute_batch(tenant_id="t1", batch_id=batch.pk)

    with pytest.raises(NoResults):
        ask(batch)


def test_the_first_calculated_price_survives_all_overrides(batch: CalcBatch) -> None:
    ask(batch)
    agree(batch)

    first = change(batch, "125")
    second = change(batch, Decimal("130.5"), reason=" again ")

    assert (first.original_calculated_price, first.adjusted_price) == (115, 125)
    second.refresh_from_db()
    assert (second.original_calculated_price, second.adjusted_price) == (115, Decimal("130.5"))
    assert (second.is_overridden, second.override_reason, second.overridden_by) == (True, "again", "u3")
    assert second.overridden_at is not None


def test_an_override_is_audited_with_both_prices(tenant: Tenant, batch: CalcBatch) -> None:
    ask(batch)
    agree(batch)

    result = change(batch)

    entry = tenant.audit_logs.get(action="OVERRIDE")
    assert (entry.entity_type, entry.entity_id, entry.user_id) == ("CALC_RESULT", result.pk, "u3")
    assert entry.correlation_id == batch.correlation_id
    assert entry.changes == {
        "before": {"adjustedPrice": "115"},
        "after": {"adjustedPrice": "125"},
        "reason": "Agreed",
    }


def test_every_decision_leaves_one_audit_entry(tenant: Tenant, batch: CalcBatch) -> None:
    ask(batch)
    reject(tenant_id="t1", batch_id=batch.pk, user_id="u2", reason="no")
    ask(batch)
    agree(batch)

    actions = tenant.audit_logs.filter(entity_id=batch.pk).order_by("created_at").values_list("action", flat=True)
    assert list(actions) == ["CREATE", "CALCULATE", "REQUEST_APPROVAL", "REJECT", "REQUEST_APPROVAL", "APPROVE"]


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"reason": " "}, ReasonRequired),
        ({"price": "1e5"}, InvalidPrice),
        ({"price": "1" + "0" * 16}, InvalidPrice),
        ({"price": True}, InvalidPrice),
        ({"item_id": "i9"}, ResultNotFound),
    ],
)
def test_an_override_that_cannot_be_kept_changes_nothing(
    batch: CalcBatch, options: dict[str, Any], refusal: type[CalculationRefused]
) -> None:
    ask(batch)
    agree(batch)

    with pytest.raises(refusal):
        change(batch, **options)

    assert not CalcResult.objects.filter(is_overridden=True).exists()


def test_prices_are_overridden_after_the_approval_only(batch: CalcBatch) -> None:
    ask(batch)

    with pytest.raises(NotApproved):
        change(batch)


def test_another_tenant_decides_nothing(batch: CalcBatch) -> None:
    for service, options in (
        (request_approval, {}),
        (approve, {}),
        (reject, {"reason": "no"}),
        (override, {"item_id": "i1", "override_price": "1", "reason": "r"}),
    ):
        with pytest.raises(TenantMismatch):
            service(tenant_id="t2", batch_id=batch.pk, user_id="u", **options)


@pytest.mark.parametrize(
    ("state", "targets"),
    [(None, {"PENDING"}), ("PENDING", {"APPROVED", "REJECTED"}), ("REJECTED", {"PENDING"}), ("APPROVED", set())],
)
def test_an_approval_goes_these_ways_only(state: str | None, targets: set[str]) -> None:
    assert {target for target in ("PENDING", "APPROVED", "REJECTED") if may_become(state, target)} == targets
