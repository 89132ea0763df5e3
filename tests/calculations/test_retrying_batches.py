"""How failed and cancelled batches come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calculations.errors import (
    AlreadyApproved,
    AlreadyPending,
    BatchDuplicate,
    BatchNotCancellable,
    BatchNotFailed,
    TenantMismatch,
)
from calculations.models import PAM, BatchStatus, CalcBatch, CalcResult
from calculations.payloads import CalculateBatch
from calculations.services.approve import approve
from calculations.services.cancel_batch import cancel_batch
from calculations.services.create_batch import create_batch
from calculations.services.execute_batch import execute_batch
from calculations.services.request_approval import request_approval
from calculations.services.retry_batch import retry_batch
from ingestion.models import IndexValue
from jobs import Tenant
from jobs.testing import assert_enqueued, drain
from tests.calculations.conftest import DAY
from tests.calculations.graphs import graph, node, of_series
from tests.calculations.test_executing_batches import QUOTIENT
from tests.ingestion.rows import make_series

Queue = Callable[..., CalcBatch]


def execute(batch: CalcBatch) -> CalcBatch:
    execute_batch(tenant_id="t1", batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def test_only_items_without_a_result_are_calculated_again(tenant: Tenant, queued: Queue, news: list[Any]) -> None:
    raw = graph(
        node("base", "Factor", input="basePrice"),
        node("root", "Transform", function="sqrt"),
        node("s", "Factor", series="WTI"),
        node("sum", "Combine", operation="add"),
        edges="base>root root>sum s>sum",
    )
    make_series(tenant, "WTI", {"values": [["2024-01-15", "FINAL", "1"]]})
    batch = execute(queued("4", "-4", "9", graph=raw))
    CalcResult.objects.update(unit="kept")

    retried = retry_batch(tenant_id="t1", batch_id=batch.pk, user_id="u1").batch

    assert (retried.status, retried.run, retried.items_succeeded, retried.items_failed) == ("QUEUED", 2, 2, 0)
    assert (retried.item_errors, retried.error, retried.started_at, retried.completed_at) == ([], None, None, None)
    batch = execute(batch)
    assert (batch.status, batch.items_succeeded, batch.items_failed) == ("COMPLETED", 2, 1)
    assert set(CalcResult.objects.values_list("unit", flat=True)) == {"kept"}
    assert [heard["key"][-2:] for heard in news] == [":1", ":2"]


def test_the_next_run_has_a_job_of_its_own(queued: Queue) -> None:
    batch = queued("100")
    cancel_batch(tenant_id="t1", batch_id=batch.pk)

    job = retry_batch(tenant_id="t1", batch_id=batch.pk, priority=5).job

    assert job.job_id == f"calc-t1-{batch.pk}-r2"
    assert assert_enqueued(CalculateBatch, run=2).priority == 5


def test_missing_index_values_are_looked_up_again_and_the_others_stay(tenant: Tenant, queued: Queue) -> None:
    raw = graph(
        node("a", "Factor", series="A"),
        node("b", "Factor", series="B"),
        node("sum", "Combine", operation="add"),
        edges="a>sum b>sum",
    )
    make_series(tenant, "A", {"values": [["2024-01-15", "FINAL", "1"]]})
    batch = execute(queued("100", graph=raw))
    before = batch.inputs_hash
    IndexValue.objects.update(value="50")
    make_series(tenant, "B", {"unit": "EUR/t", "values": [["2024-01-15", "FINAL", "2"]]})

    retry_batch(tenant_id="t1", batch_id=batch.pk)

    batch = execute(batch)
    result = batch.results.get()
    assert (result.adjusted_price, result.adjusted_currency) == (3, "EUR")
    assert batch.inputs_hash != before


def test_a_series_that_appears_with_a_clashing_currency_fails_the_items(tenant: Tenant, queued: Queue) -> None:
    raw = graph(
        node("a", "Factor", series="A"),
        node("b", "Factor", series="B"),
        node("sum", "Combine", operation="add"),
        edges="a>sum b>sum",
    )
    make_series(tenant, "A", {"unit": "USD/t", "values": [["2024-01-15", "FINAL", "1"]]})
    batch = execute(queued("100", graph=raw))
    make_series(tenant, "B", {"unit": "EUR/t", "values": [["2024-01-15", "FINAL", "2"]]})

    retry_batch(tenant_id="t1", batch_id=batch.pk)

    assert execute(batch).item_errors[0]["code"] == "CURRENCY_MISMATCH"


def test_warnings_of_the_runs_before_are_kept(tenant: Tenant, queued: Queue) -> None:
    raw = graph(
        node("base", "Factor", input="basePrice"),
        node("s", "Factor", series="WTI"),
        node("q", "Combine", operation="divide"),
        edges="s>q base>q",
    )
    make_series(tenant, "WTI", {"values": [["2024-01-12", "FINAL", "75.5"]]})
    batch = execute(queued("1", "0", graph=raw))

    retry_batch(tenant_id="t1", batch_id=batch.pk)

    assert [warning["itemId"] for warning in execute(batch).warnings] == ["i1"]


@pytest.mark.parametrize("status", [BatchStatus.QUEUED, BatchStatus.RUNNING, BatchStatus.COMPLETED])
def test_a_batch_without_failures_is_not_retried(queued: Queue, status: BatchStatus) -> None:
    batch = queued("100")
    CalcBatch.objects.update(status=status)

    with pytest.raises(BatchNotFailed):
        retry_batch(tenant_id="t1", batch_id=batch.pk)

    assert CalcBatch.objects.get().run == 1


def test_a_retry_is_refused_while_another_batch_calculates_the_same(queued: Queue) -> None:
    batch = queued("100")
    cancel_batch(tenant_id="t1", batch_id=batch.pk)
    twin = create_batch(tenant_id="t1", pam_id=batch.pam_id, as_of_date=DAY)

    with pytest.raises(BatchDuplicate):
        retry_batch(tenant_id="t1", batch_id=batch.pk)

    batch.refresh_from_db()
    assert not twin.is_duplicate
    assert (batch.status, batch.run) == ("FAILED", 1)


def test_a_retry_whose_new_inputs_are_those_of_another_batch_is_refused(
    tenant: Tenant, priced: Callable[..., PAM]
) -> None:
    pam = priced("100", graph=of_series())
    first = execute(create_batch(tenant_id="t1", pam_id=pam.pk, as_of_date=DAY).batch)
    make_series(tenant, "WTI", {"values": [["2024-01-15", "FINAL", "75.5"]]})
    create_batch(tenant_id="t1", pam_id=pam.pk, as_of_date=DAY)

    with pytest.raises(BatchDuplicate):
        retry_batch(tenant_id="t1", batch_id=first.pk)


def test_results_that_people_decide_on_are_not_added_to(queued: Queue) -> None:
    batch = execute(queued("100", "0", graph=QUOTIENT))
    request_approval(tenant_id="t1", batch_id=batch.pk, user_id="u1")

    with pytest.raises(AlreadyPending):
        retry_batch(tenant_id="t1", batch_id=batch.pk)
    approve(tenant_id="t1", batch_id=batch.pk, user_id="u2")
    with pytest.raises(AlreadyApproved):
        retry_batch(tenant_id="t1", batch_id=batch.pk)


def test_the_job_of_an_earlier_run_leaves_the_later_one_alone(queued: Queue) -> None:
    batch = queued("100")
    cancel_batch(tenant_id="t1", batch_id=batch.pk)
    retry_batch(tenant_id="t1", batch_id=batch.pk)

    first, second = drain(queue="calculation")

    assert (first.refresh().returnvalue["status"], second.refresh().returnvalue["status"]) == ("FAILED", "SUCCESS")
    assert CalcResult.objects.count() == 1


def test_a_batch_that_has_ended_is_not_cancelled(queued: Queue) -> None:
    batch = execute(queued("100"))

    with pytest.raises(BatchNotCancellable, match="COMPLETED"):
        cancel_batch(tenant_id="t1", batch_id=batch.pk)


def test_retry_and_cancel_are_for_the_own_tenant_and_leave_an_audit_entry(tenant: Tenant, queued: Queue) -> None:
    batch = queued("100")
    for service in (cancel_batch, retry_batch):
        with pytest.raises(TenantMismatch):
            service(tenant_id="t2", batch_id=batch.pk)

    cancel_batch(tenant_id="t1", batch_id=batch.pk, user_id="u1")
    retry_batch(tenant_id="t1", batch_id=batch.pk, user_id="u2")

    entries = tenant.audit_logs.filter(action="UPDATE").order_by("created_at")
    assert list(entries.values_list("user_id", "changes__after__status")) == [("u1", "FAILED"), ("u2", "QUEUED")]
