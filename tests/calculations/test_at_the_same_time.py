"""What holds when several do the same at once: real threads, each with a connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_save

from calculations.errors import AlreadyPending, BatchNotCancellable, CalculationRefused
from calculations.models import PAM, ApprovalEvent, CalcBatch, CalcChunk, CalcResult
from calculations.payloads import CalculateBatch
from calculations.services.cancel_batch import cancel_batch
from calculations.services.create_batch import create_batch
from calculations.services.execute_batch import execute_batch
from calculations.services.execute_chunk import execute_chunk
from calculations.services.request_approval import request_approval
from calculations.services.retry_batch import retry_batch
from jobs.testing import assert_enqueued
from tests.calculations.conftest import DAY

pytestmark = pytest.mark.django_db(transaction=True)

Queue = Callable[..., CalcBatch]
Call = Callable[[], Any]


def at_once(*calls: Call) -> list[Any]:
    """Start all calls together and return their answers, refusals among them."""
    barrier = Barrier(len(calls))

    def run(call: Call) -> Any:
        barrier.wait()
        try:
            return call()
        except CalculationRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_callers_who_ask_for_the_same_get_one_batch(priced: Callable[..., PAM]) -> None:
    pam = priced("100", "110")

    created = at_once(*[lambda: create_batch(tenant_id="t1", pam_id=pam.pk, as_of_date=DAY)] * 8)

    assert Counter(each.is_duplicate for each in created) == {False: 1, True: 7}
    assert len({each.batch.pk for each in created}) == 1
    assert_enqueued(CalculateBatch, count=1)


def test_workers_on_the_same_batch_calculate_each_item_once(queued: Queue, news: list[Any]) -> None:
    batch = queued(*map(str, range(1, 61)))

    reports = at_once(*[lambda: execute_batch(tenant_id="t1", batch_id=batch.pk, page_size=5)] * 4)

    batch.refresh_from_db()
    assert {report.status for report in reports} == {"COMPLETED"}
    assert (batch.items_succeeded, CalcResult.objects.count()) == (60, 60)
    assert CalcChunk.objects.count() == 1
    assert len(news) == 1


def test_the_chunks_of_a_batch_are_worked_side_by_side_and_end_it_once(
    queued: Queue, news: list[Any], settings: Any
) -> None:
    settings.CALCULATIONS = {"chunk_items": 10, "page_size": 3}
    batch = queued(*map(str, range(1, 61)))
    execute_batch(tenant_id="t1", batch_id=batch.pk)

    def chunk(number: int) -> Call:
        return lambda: execute_chunk(tenant_id="t1", batch_id=batch.pk, run=1, chunk=number)

    at_once(*[chunk(number) for number in (1, 2, 3, 4, 5, 5, 4)])

    batch.refresh_from_db()
    assert (batch.status, batch.items_succeeded, CalcResult.objects.count()) == ("COMPLETED", 60, 60)
    assert len(news) == 1


def test_a_cancel_while_pages_are_stored_leaves_counters_and_results_equal(queued: Queue, news: list[Any]) -> None:
    batch = queued(*map(str, range(1, 101)))

    _, cancelled = at_once(
        lambda: execute_batch(tenant_id="t1", batch_id=batch.pk, page_size=2),
        lambda: cancel_batch(tenant_id="t1", batch_id=batch.pk),
    )

    batch.refresh_from_db()
    assert batch.items_succeeded == CalcResult.objects.count()
    if isinstance(cancelled, BatchNotCancellable):
        assert (batch.status, len(news)) == ("COMPLETED", 1)
    else:
        assert (batch.status, batch.error, news) == ("FAILED", "Cancelled by user", [])


def test_a_page_that_a_cancel_overtakes_is_not_stored(queued: Queue) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing overtakes a page")
    batch = queued("100", "110")

    def cancel(**_: object) -> None:  # the page is calculated and stored, but not committed
        at_once(lambda: cancel_batch(tenant_id="t1", batch_id=batch.pk))

    post_save.connect(cancel, sender=CalcChunk)
    try:
        report = execute_batch(tenant_id="t1", batch_id=batch.pk)
    finally:
        post_save.disconnect(cancel, sender=CalcChunk)

    assert (report.status, report.error, report.items_succeeded) == ("FAILED", "Cancelled by user", 0)
    assert not CalcResult.objects.exists()


def test_a_retry_while_the_cancelled_run_still_stores_loses_nothing(queued: Queue) -> None:
    batch = queued(*map(str, range(1, 101)))

    def cancel_and_retry() -> None:
        cancel_batch(tenant_id="t1", batch_id=batch.pk)
        retry_batch(tenant_id="t1", batch_id=batch.pk)

    at_once(lambda: execute_batch(tenant_id="t1", batch_id=batch.pk, page_size=2, run=1), cancel_and_retry)
    report = execute_batch(tenant_id="t1", batch_id=batch.pk)

    assert (report.status, report.items_succeeded, CalcResult.objects.count()) == ("COMPLETED", 100, 100)


def test_one_request_is_open_however_many_ask(queued: Queue) -> None:
    batch = queued("100")
    execute_batch(tenant_id="t1", batch_id=batch.pk)

    answers = at_once(*[lambda: request_approval(tenant_id="t1", batch_id=batch.pk, user_id="u1")] * 6)

    assert sum(isinstance(answer, AlreadyPending) for answer in answers) == 5
    assert ApprovalEvent.objects.count() == 1
