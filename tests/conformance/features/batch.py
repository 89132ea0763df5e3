"""Runs the conformance cases about batches: each operation by its service, on rows in the database."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from calculations.errors import CalculationRefused
from calculations.graph.errors import GraphFailed
from calculations.models import CalcBatch
from calculations.services.batch_results import batch_results
from calculations.services.batch_status import batch_status
from calculations.services.cancel_batch import CANCELLED, cancel_batch
from calculations.services.create_batch import create_batch
from calculations.services.execute_batch import execute_batch
from calculations.services.retry_batch import retry_batch
from ingestion.models import IndexSeries
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant
from tests.ingestion.rows import make_series

TENANT = "t1"
"""Who asks if an operation does not say."""


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Lay out the case's world and return what each operation answers."""
    world = _World(case)
    return {"results": [world.answer(op) for op in case["ops"]]}


class _Target(TypedDict):
    """Whose batch a service is called for."""

    tenant_id: str
    batch_id: str


class _World:
    """The rows of one case, and its batches by the names that the case gives them."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.batches: dict[str, str] = {}
        tenants = {TENANT: make_tenant(TENANT)}
        pams = {}
        for pam_id, facts in case["pams"].items():
            tenant = tenants.setdefault(facts["tenantId"], make_tenant(facts["tenantId"]))
            pams[pam_id] = make_pam(tenant, facts["graph"], pam_id)
        for item in case.get("items", []):
            make_item(
                pams[item["pamId"]],
                contract=make_contract(tenants[item["tenantId"]], item["contractId"]),
                item_id=item["id"],
                price=item["basePrice"],
                currency=item["baseCurrency"],
                uom=item["uom"],
            )
        self.set_series(case)

    def answer(self, op: dict[str, Any]) -> dict[str, Any]:
        """Do one operation, or return the code of its refusal."""
        try:
            return {**getattr(self, op["op"])(op)}
        except (CalculationRefused, GraphFailed) as error:
            return {"error": error.code}

    def create(self, op: dict[str, Any]) -> dict[str, Any]:
        """Create a batch and name it, unless it is a duplicate."""
        created = create_batch(
            tenant_id=op["tenantId"],
            pam_id=op["pamId"],
            contract_id=op.get("contractId"),
            as_of_date=date.fromisoformat(op["asOfDate"]),
            version_preference=op.get("versionPreference", "FINAL"),
        )
        if not created.is_duplicate:
            self.batches[f"b{len(self.batches) + 1}"] = created.batch.pk
        names = {batch_id: name for name, batch_id in self.batches.items()}
        return {
            "batch": names[created.batch.pk],
            "status": created.batch.status,
            "isDuplicate": created.is_duplicate,
        }

    def execute(self, op: dict[str, Any]) -> dict[str, Any]:
        """Execute a batch, cancelling it before the page that the case names."""

        def on_page(page: int) -> None:
            if page == op.get("cancelBeforePage"):
                cancel_batch(**self._target(op))

        execute_batch(
            **self._target(op),
            page_size=op.get("pageSize"),
            continue_on_error=op.get("continueOnError", True),
            on_page=on_page,
        )
        return self.status(op)

    def status(self, op: dict[str, Any]) -> dict[str, Any]:
        """Return the state of a batch, its error as a code."""
        report = batch_status(**self._target(op)).as_json()
        if "error" in report:
            errors = CalcBatch.objects.values_list("item_errors", flat=True).get(pk=report["batchId"])
            report["error"] = "CANCELLED" if report["error"] == CANCELLED else errors[-1]["code"]
        return report

    def results(self, op: dict[str, Any]) -> dict[str, Any]:
        """Return a page of results."""
        page, page_size = op.get("page", 1), op.get("pageSize", 100)
        return batch_results(**self._target(op), page=page, page_size=page_size).as_json()

    def cancel(self, op: dict[str, Any]) -> dict[str, Any]:
        """Cancel a batch."""
        cancel_batch(**self._target(op))
        return self.status(op)

    def retry(self, op: dict[str, Any]) -> dict[str, Any]:
        """Retry a batch and run it."""
        retry_batch(**self._target(op))
        return self.execute(op)

    def set_series(self, op: dict[str, Any]) -> dict[str, Any]:
        """Replace series and their values."""
        for code, facts in op.get("series", {}).items():
            IndexSeries.objects.filter(tenant_id=TENANT, series_code=code).delete()
            make_series(make_tenant(TENANT), code, facts)
        return {"ok": True}

    def _target(self, op: dict[str, Any]) -> _Target:
        """Return whose batch an operation is about."""
        batch_id = self.batches.get(op["batch"], op["batch"])
        return _Target(tenant_id=op.get("tenantId", TENANT), batch_id=batch_id)
