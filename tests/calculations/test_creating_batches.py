"""What is frozen, counted and enqueued when a batch is created."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from calculations.errors import CalculationRefused, InvalidMetadata
from calculations.graph.errors import InvalidGraph
from calculations.models import PAM, BatchInputs, BatchStatus, CalcBatch, Contract, Item
from calculations.payloads import CalculateBatch
from calculations.services.create_batch import create_batch
from calculations.services.execute_batch import execute_batch
from ingestion.models import IndexSeries, IndexValue
from jobs import Tenant
from jobs.testing import assert_enqueued, assert_not_enqueued
from tests.calculations.conftest import DAY
from tests.calculations.graphs import graph, node, of_series, times
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant
from tests.ingestion.rows import make_series

MakePam = Callable[..., PAM]


def test_a_new_batch_is_queued_with_its_job_and_an_audit_entry(tenant: Tenant, priced: MakePam) -> None:
    pam = priced("100", "110")

    created = create_batch(
        tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY, metadata={"note": "Q1"}, user_id="u1", priority=50
    )

    batch = CalcBatch.objects.get()
    job = assert_enqueued(CalculateBatch, batch_id=batch.pk, tenant_id="t1", run=1)
    assert created.batch == batch
    assert not created.is_duplicate
    assert (batch.status, batch.items_total, batch.pam_version, batch.run) == (BatchStatus.QUEUED, 2, 1, 1)
    assert batch.metadata == {"note": "Q1"}
    assert (job.job_id, job.priority, job.queue) == (f"calc-t1-{batch.pk}", 50, "calculation")
    entry = tenant.audit_logs.get()
    assert (entry.action, entry.entity_type, entry.entity_id) == ("CREATE", "CALC_BATCH", batch.pk)
    assert (entry.user_id, entry.correlation_id) == ("u1", batch.correlation_id)


@pytest.mark.parametrize("status", [BatchStatus.QUEUED, BatchStatus.RUNNING, BatchStatus.COMPLETED])
def test_the_same_inputs_are_not_calculated_twice(tenant: Tenant, priced: MakePam, status: BatchStatus) -> None:
    pam = priced("100")
    first = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY)
    CalcBatch.objects.update(status=status)

    second = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY)

    assert second.is_duplicate
    assert second.batch == first.batch
    assert second.batch.status == status
    assert_enqueued(CalculateBatch, count=1)


def test_inputs_of_a_failed_batch_may_be_calculated_again(tenant: Tenant, priced: MakePam) -> None:
    pam = priced("100")
    create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY)
    CalcBatch.objects.update(status=BatchStatus.FAILED)

    again = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY)

    assert not again.is_duplicate
    assert_enqueued(CalculateBatch, count=2)


def test_a_revised_index_value_makes_another_batch(tenant: Tenant, priced: MakePam) -> None:
    pam = priced("100", graph=of_series())
    make_series(tenant, "WTI", {"unit": "USD/bbl", "values": [["2024-01-15", "FINAL", "75.5"]]})
    first = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch
    IndexValue.objects.update(value=Decimal("75.6"))

    second = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch

    assert first.inputs_hash != second.inputs_hash
    assert first.graph_hash == second.graph_hash


def test_results_come_from_the_inputs_of_the_day_of_creation(tenant: Tenant, priced: MakePam) -> None:
    raw = graph(
        node("base", "Factor", input="basePrice"),
        node("s", "Factor", series="WTI"),
        node("sum", "Combine", operation="add"),
        edges="base>sum s>sum",
    )
    pam = priced("100", graph=raw)
    make_series(tenant, "WTI", {"unit": "USD/MT", "values": [["2024-01-15", "FINAL", "75.5"]]})
    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch
    PAM.objects.update(graph=times("9"))
    Item.objects.update(base_price=Decimal(1), base_currency="EUR", uom="kg")
    IndexValue.objects.update(value=Decimal(1))
    IndexSeries.objects.update(unit="EUR/kg")

    execute_batch(tenant_id=tenant.pk, batch_id=batch.pk)

    result = batch.results.get()
    assert (result.adjusted_price, result.adjusted_currency, result.unit) == (Decimal("175.5"), "USD", "MT")


def test_an_average_is_frozen_with_all_its_digits(tenant: Tenant, priced: MakePam) -> None:
    pam = priced("100", graph=of_series(operation="avg_3m"))
    days = [["2024-01-13", "FINAL", "1"], ["2024-01-14", "FINAL", "1"], ["2024-01-15", "FINAL", "2"]]
    make_series(tenant, "WTI", {"values": days})

    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch

    (lookup,) = batch.frozen_inputs["lookups"]
    assert lookup["value"] == "1." + "3" * 33
    assert lookup["count"] == 3


def test_an_unknown_series_does_not_stop_creation(tenant: Tenant, priced: MakePam) -> None:
    pam = priced("100", graph=of_series("NOBODY"))

    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch

    assert batch.frozen_inputs["lookups"] == [
        {
            "series": "NOBODY",
            "operation": "value",
            "lagDays": 0,
            "error": "SERIES_NOT_FOUND",
            "message": "Series not found: NOBODY",
        }
    ]


def test_a_series_of_another_tenant_is_unknown(tenant: Tenant, priced: MakePam) -> None:
    make_series(make_tenant("t2"), "WTI", {"values": [["2024-01-15", "FINAL", "75.5"]]})
    pam = priced("100", graph=of_series())

    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch

    assert batch.frozen_inputs["lookups"][0]["error"] == "SERIES_NOT_FOUND"


def test_a_contract_narrows_the_items(tenant: Tenant, contract: Contract, priced: MakePam) -> None:
    pam = priced("100", "110")
    other = make_contract(tenant)
    make_item(pam, contract=other, item_id="i9")

    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, contract_id=other.pk, as_of_date=DAY).batch

    assert [item["id"] for item in batch.frozen_inputs["items"]] == ["i9"]
    assert batch.contract == other


def test_items_stand_in_the_order_of_their_ids_by_code_point(tenant: Tenant, contract: Contract) -> None:
    pam = make_pam(tenant, times())
    for name in ("b", "a", "Z", "_", "é", "10", "9"):
        make_item(pam, contract=contract, item_id=name)

    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch

    assert [item["id"] for item in batch.frozen_inputs["items"]] == ["10", "9", "Z", "_", "a", "b", "é"]


def test_what_cannot_be_calculated_makes_neither_batch_nor_job(tenant: Tenant, priced: MakePam) -> None:
    refusals = {}
    foreign = make_pam(make_tenant("t2"), times())
    broken = priced("100", graph=graph(node("x", "Factor", value="many")), prefix="b")
    empty = priced()
    for pam_id in ("nope", foreign.pk, broken.pk, empty.pk):
        try:
            create_batch(tenant_id=tenant.pk, pam_id=pam_id, as_of_date=DAY)
        except (CalculationRefused, InvalidGraph) as refusal:
            refusals[pam_id] = refusal.code

    assert list(refusals.values()) == ["PAM_NOT_FOUND", "TENANT_MISMATCH", "INVALID_NODE_CONFIG", "NO_ITEMS"]
    assert not CalcBatch.objects.exists()
    assert not BatchInputs.objects.exists()
    assert_not_enqueued(CalculateBatch)


def test_notes_that_no_database_keeps_are_refused(tenant: Tenant, priced: MakePam) -> None:
    pam = priced("100")

    with pytest.raises(InvalidMetadata):
        create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY, metadata={"note": "a\0b"})
    noted = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY, metadata={"rate": Decimal("1.5")})

    assert noted.batch.metadata == {"rate": 1.5}
