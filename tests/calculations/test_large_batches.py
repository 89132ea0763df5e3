"""How several jobs share one batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calculations.models import BatchStatus, CalcBatch, CalcChunk, CalcResult
from calculations.payloads import CalculateChunk
from calculations.services.batch_status import batch_status
from calculations.services.cancel_batch import cancel_batch
from calculations.services.execute_batch import execute_batch
from calculations.services.execute_chunk import execute_chunk
from jobs.testing import assert_enqueued, assert_not_enqueued, drain
from tests.calculations.test_executing_batches import QUOTIENT

Queue = Callable[..., CalcBatch]


@pytest.fixture(autouse=True)
def small_chunks(settings: Any) -> None:
    """Cut batches into chunks of three items and pages of two."""
    settings.CALCULATIONS = {"chunk_items": 3, "page_size": 2}


def start(batch: CalcBatch) -> None:
    """Run the batch's own job, but not those of its chunks."""
    execute_batch(tenant_id=batch.tenant_id, batch_id=batch.pk)


def work(batch: CalcBatch, chunk: int, **options: Any) -> str:
    return execute_chunk(tenant_id=batch.tenant_id, batch_id=batch.pk, run=1, chunk=chunk, **options).status


def test_a_large_batch_is_shared_and_its_own_job_works_the_first_chunk(queued: Queue) -> None:
    batch = queued(*map(str, range(1, 9)))

    report = execute_batch(tenant_id="t1", batch_id=batch.pk)

    assert (report.status, report.items_succeeded) == ("RUNNING", 3)
    assert list(CalcChunk.objects.order_by("index").values_list("first", "end", "position")) == [
        (0, 3, 3),
        (3, 6, 3),
        (6, 8, 6),
    ]
    assert_enqueued(CalculateChunk, count=2, batch_id=batch.pk)
    assert assert_enqueued(CalculateChunk, chunk=1).job_id == f"calc-t1-{batch.pk}-r1-c1"


def test_the_last_chunk_ends_the_batch(queued: Queue, news: list[Any]) -> None:
    batch = queued(*map(str, range(1, 9)))
    start(batch)

    statuses = [work(batch, 2), work(batch, 1)]

    assert statuses == ["RUNNING", "COMPLETED"]
    assert CalcResult.objects.count() == 8
    assert [heard["facts"]["itemCount"] for heard in news] == [8]


def test_errors_of_all_chunks_are_gathered_in_the_order_of_items(queued: Queue) -> None:
    batch = queued("0", "1", "2", "3", "0", "5", "0", graph=QUOTIENT)
    start(batch)

    work(batch, 2)
    work(batch, 1)

    batch.refresh_from_db()
    assert [error["itemId"] for error in batch.item_errors] == ["i1", "i5", "i7"]
    assert (batch.items_succeeded, batch.items_failed) == (4, 3)


def test_the_jobs_of_a_large_batch_complete_it_together(queued: Queue, news: list[Any]) -> None:
    batch = queued(*map(str, range(1, 12)))

    runs = drain(queue="calculation")
    after = drain(queue="calculation", delayed=True)

    job = after[0].refresh()
    assert batch_status(tenant_id="t1", batch_id=batch.pk).status == "COMPLETED"
    assert {handle.refresh().state for handle in runs} == {"completed"}
    assert len(runs) == 4
    assert job.job_id == f"calc-t1-{batch.pk}"
    assert (job.returnvalue["status"], job.returnvalue["itemsSucceeded"]) == ("SUCCESS", 11)
    assert job.attempts_made == 1
    assert len(news) == 1


def test_a_chunk_that_nobody_moves_is_taken_over_by_the_batch_s_own_job(queued: Queue) -> None:
    batch = queued(*map(str, range(1, 9)))
    start(batch)
    CalcChunk.objects.filter(index=1).update(moved_at=batch.created_at - timedelta(minutes=1))

    report = execute_batch(tenant_id="t1", batch_id=batch.pk)

    assert (report.status, report.items_succeeded) == ("RUNNING", 6)


def test_a_chunk_that_was_left_goes_on_where_it_stopped(queued: Queue) -> None:
    batch = queued(*map(str, range(1, 9)))
    start(batch)
    position = CalcChunk.objects.filter(index=1).values_list("position", flat=True)

    def meddle(page: int) -> None:
        if page == 2:  # another worker does the rest between two pages of this one
            work(batch, 1)

    work(batch, 1, on_page=meddle)

    assert position.get() == 6
    assert batch_status(tenant_id="t1", batch_id=batch.pk).items_succeeded == 6


def test_a_chunk_of_a_run_that_is_over_does_nothing(queued: Queue) -> None:
    batch = queued(*map(str, range(1, 9)))
    start(batch)
    cancel_batch(tenant_id="t1", batch_id=batch.pk)

    assert work(batch, 1) == "FAILED"
    CalcBatch.objects.update(status=BatchStatus.RUNNING, run=2)
    assert work(batch, 1) == "RUNNING"
    assert CalcResult.objects.count() == 3


def test_a_batch_that_stops_at_the_first_error_is_one_chunk(queued: Queue) -> None:
    batch = queued(*map(str, range(1, 9)))

    report = execute_batch(tenant_id="t1", batch_id=batch.pk, continue_on_error=False)

    assert report.status == "COMPLETED"
    assert_not_enqueued(CalculateChunk)
