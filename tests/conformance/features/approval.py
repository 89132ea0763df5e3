"""Runs the conformance cases about approvals: each operation by its service, on rows in the database."""

from __future__ import annotations

from datetime import date
from typing import Any

from calculations.errors import CalculationRefused
from calculations.models import CalcBatch, CalcResult
from calculations.services.approve import approve
from calculations.services.override import override
from calculations.services.reject import reject
from calculations.services.request_approval import request_approval
from calculations.transitions import may_become
from ingestion.numbers import dec
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return whether a transition is allowed, or what each operation on a stored batch answers."""
    if "ops" not in case:
        return {"valid": may_become(case["from"], case["to"])}
    _store(case)
    return {"results": [_answer(case["batch"]["id"], op) for op in case["ops"]]}


def _store(case: dict[str, Any]) -> None:
    """Store the case's batch with its results."""
    tenant = make_tenant(case["batch"]["tenantId"])
    pam = make_pam(tenant, {"nodes": [], "edges": [], "output": ""})
    contract = make_contract(tenant)
    batch = CalcBatch.objects.create(
        id=case["batch"]["id"],
        tenant=tenant,
        pam=pam,
        as_of_date=date(2024, 1, 15),
        pam_version=1,
        status=case["batch"]["status"],
        items_total=len(case["results"]),
        items_succeeded=len(case["results"]),
    )
    for result in case["results"]:
        item = make_item(pam, contract=contract, item_id=result["itemId"])
        CalcResult.objects.create(
            tenant=tenant,
            batch=batch,
            item=item,
            adjusted_price=result["adjustedPrice"],
            adjusted_currency=item.base_currency,
            contributions={"values": {}, "steps": []},
            effective_date=batch.as_of_date,
        )


def _answer(batch_id: str, op: dict[str, Any]) -> dict[str, Any]:
    """Do one operation, or return the code of its refusal."""
    try:
        return _OPERATIONS[op["op"]](op, tenant_id=op["tenantId"], batch_id=batch_id, user_id=op["userId"])
    except CalculationRefused as error:
        return {"error": error.code}


def _request(op: dict[str, Any], **target: str) -> dict[str, Any]:
    return {"status": request_approval(**target).status}


def _approve(op: dict[str, Any], **target: str) -> dict[str, Any]:
    approval = approve(**target)
    return {
        "status": approval.event.status,
        "approvedBy": approval.event.approved_by,
        "itemsApproved": approval.items_approved,
    }


def _reject(op: dict[str, Any], **target: str) -> dict[str, Any]:
    event = reject(**target, reason=op.get("reason", ""))
    return {"status": event.status, "rejectedBy": event.rejected_by}


def _override(op: dict[str, Any], **target: str) -> dict[str, Any]:
    result = override(**target, item_id=op["itemId"], override_price=op["overridePrice"], reason=op["reason"])
    return {"originalPrice": dec(result.original_calculated_price), "overridePrice": dec(result.adjusted_price)}


_OPERATIONS = {"request": _request, "approve": _approve, "reject": _reject, "override": _override}
