"""How calculations go through the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calculations.models import CalcBatch, CalcResult
from calculations.payloads import CalculateBatch, CalculateChunk
from calculations.services.cancel_batch import cancel_batch
from calculations.services.enqueue import enqueue_calculation
from jobs import Tenant
from jobs.testing import assert_enqueued, drain
from tests.calculations.test_executing_batches import QUOTIENT

Queue = Callable[..., CalcBatch]


@pytest.mark.parametrize(
    ("args", "fields"),
    [
        ([CalculateBatch(tenant_id="t1", batch_id="b1")], {}),
        ([{"tenantId": "t1", "batchId": "b1"}], {}),
        ([{"tenant_id": "t1"}], {"batch_id": "b1"}),
        ([], {"tenant_id": "t1", "batch_id": "b1"}),
    ],
)
def test_a_calculation_is_enqueued_in_every_spelling(tenant: Tenant, args: list[Any], fields: dict[str, Any]) -> None:
    job = enqueue_calculation(*args, **fields, priority=100, delay=60_000)

    assert (job.job_id, job.queue, job.created) == ("calc-t1-b1", "calculation", True)
    assert job.data == {"tenantId": "t1", "batchId": "b1"}
    assert job.refresh().state == "delayed"


def test_a_known_calculation_is_not_enqueued_again(tenant: Tenant) -> None:
    first = enqueue_calculation(tenant_id="t1", batch_id="b1")

    second = enqueue_calculation({"tenantId": "t1", "batchId": "b1"})
    other = enqueue_calculation({"tenantId": "t1", "batchId": "b1"}, job_id="mine", delay=timedelta(minutes=1))

    assert (second.id, second.created) == (first.id, False)
    assert other.job_id == "mine"


@pytest.mark.parametrize(
    ("payload", "job_id"),
    [
        (CalculateBatch(tenant_id="t", batch_id="b"), "calc-t-b"),
        (CalculateBatch(tenant_id="t", batch_id="b", run=1), "calc-t-b"),
        (CalculateBatch(tenant_id="t", batch_id="b", run=2), "calc-t-b-r2"),
        (CalculateChunk(tenant_id="t", batch_id="b", run=1, chunk=0), "calc-t-b-r1-c0"),
    ],
)
def test_a_job_is_named_after_what_it_calculates(payload: CalculateBatch | CalculateChunk, job_id: str) -> None:
    assert payload.default_job_id() == job_id


def test_the_job_answers_with_counts_and_reports_progress(queued: Queue) -> None:
    batch = queued("100", "0", "120", graph=QUOTIENT)

    (job,) = drain(queue="calculation")

    job.refresh()
    answer = job.returnvalue
    assert answer.pop("timestamp").endswith("Z")
    assert answer == {"status": "SUCCESS", "batchId": batch.pk, "itemsSucceeded": 2, "itemsFailed": 1}
    assert (job.state, job.progress) == ("completed", 100)


def test_the_job_of_a_cancelled_batch_ends_without_an_error(queued: Queue) -> None:
    batch = queued("100")
    cancel_batch(tenant_id="t1", batch_id=batch.pk)

    (job,) = drain(queue="calculation")

    assert job.refresh().state == "completed"
    assert job.returnvalue["status"] == "FAILED"
    assert not CalcResult.objects.exists()


@pytest.mark.parametrize("tenant_id", ["t1", "t2"])
def test_a_job_for_a_batch_that_is_not_the_tenant_s_is_a_dead_letter_at_once(queued: Queue, tenant_id: str) -> None:
    batch_id = queued("100").pk if tenant_id == "t2" else "nope"
    job = enqueue_calculation(tenant_id=tenant_id, batch_id=batch_id, priority=9)

    drain(queue="calculation", limit=1)

    job.refresh()
    assert (job.state, job.attempts_made) == ("failed", 1)
    assert batch_id in str(job.failed_reason)
    assert not CalcResult.objects.exists()


def test_a_job_without_a_run_takes_the_batch_as_it_finds_it(queued: Queue) -> None:
    batch = queued("100")
    CalcBatch.objects.update(run=3)
    job = enqueue_calculation(tenant_id="t1", batch_id=batch.pk, job_id="by hand", priority=9)

    drain(queue="calculation", limit=1)

    assert job.refresh().returnvalue["status"] == "SUCCESS"
    assert_enqueued(CalculateBatch, count=2)
