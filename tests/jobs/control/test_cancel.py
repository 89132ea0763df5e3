"""Cancelling: what has not started at once, what runs by a token it may ask and then by an interrupt."""

from __future__ import annotations

from typing import Any

import pytest

from jobs import enqueue, get_queue
from jobs.errors import JobFailed, StaleJob
from jobs.models import Attempt, Job
from jobs.operator import Operator
from jobs.services.operate import cancel, retry
from jobs.testing import drain
from jobs.worker.cancellations import Cancellations
from tests.jobs.conftest import until
from tests.jobs.control.conftest import Start, starts
from tests.probe.actors import Misbehave, Note, Polite, read

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_waiting_a_delayed_and_a_blocked_job_are_cancelled_at_once(redis: Any) -> None:
    waiting, delayed, blocked = (enqueue(Misbehave(what="fail"), delay=wait) for wait in (0, 60_000, 60_000))
    Job.objects.filter(pk=blocked.id).update(state="blocked")

    for job in (waiting, delayed, blocked):
        job.cancel(by="ada", reason="wrong prices")

    assert {job.state for job in (waiting, delayed, blocked)} == {"cancelled"}
    assert get_queue("calculation").counts() == dict.fromkeys(get_queue("calculation").counts(), 0)
    assert drain(delayed=True) == []


def test_who_cancelled_a_job_and_why_is_kept(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))

    job.cancel(by="ada", reason="wrong prices")

    assert (job.row.cancelled_by, job.row.cancel_reason) == ("ada", "wrong prices")
    with pytest.raises(JobFailed, match="cancelled: wrong prices"):
        job.wait_until_finished(1)


def test_a_finished_job_cannot_be_cancelled(redis: Any) -> None:
    job = enqueue(Misbehave(what="progress"))
    drain()

    with pytest.raises(StaleJob, match="completed"):
        job.cancel()


def test_a_running_job_is_cancelled_from_another_process(crew: Start, ledger: str) -> None:
    crew("--processes", "1")
    job = enqueue(Note(ledger=ledger, key="a", ms=100_000))
    neighbour = enqueue(Note(ledger=ledger, key="b", ms=2_000))
    until(lambda: len(starts(ledger)) == 2)

    job.cancel(by="ada", reason="wrong prices")

    until(lambda: job.refresh().state == "cancelled", seconds=10, what="the interrupt")
    assert job.row.cancelled_by == "ada"
    assert list(Attempt.objects.values_list("outcome", "error_type")) == [("cancelled", "Cancelled")]
    assert neighbour.wait_until_finished(60) == {"key": "b"}
    assert len({line["pid"] for line in read(ledger)}) == 1


def test_a_polite_job_sees_its_token_and_ends_by_itself(crew: Start, ledger: str) -> None:
    crew("--processes", "1")
    job = enqueue(Polite(ledger=ledger))
    until(lambda: starts(ledger))

    job.cancel(reason="no longer needed")

    until(lambda: job.refresh().state == "cancelled", seconds=10, what="the token")
    assert [line["key"] for line in read(ledger)] == ["polite", "put away"]


def test_a_job_that_ignores_its_token_is_interrupted_after_its_grace() -> None:
    cancellations = Cancellations()
    cancellations.ask(["a", "b"])

    assert cancellations.due({"a": 0.0, "b": 3_600.0, "c": 0.0}) == {"a"}
    assert cancellations.due({"a": 0.0, "b": 3_600.0, "c": 0.0}) == set()
    assert cancellations.asked("b")
    cancellations.forget("a")
    assert not cancellations.asked("a")


def test_a_running_job_is_cancelled_though_its_order_was_lost(workers: None, ledger: str, redis: Any) -> None:
    job = enqueue(Note(ledger=ledger, key="a", ms=100_000))
    until(lambda: starts(ledger))

    Job.objects.filter(pk=job.id).update(cancel_requested_at=job.row.created_at)  # and no order in Redis

    until(lambda: job.refresh().state == "cancelled", what="the beat")


def test_a_cancelled_job_that_would_be_retried_ends_cancelled(workers: None, ledger: str) -> None:
    job = enqueue(Misbehave(what="cancel and raise"))

    until(lambda: job.refresh().state == "cancelled")

    assert job.row.finished_at is not None


def test_a_retried_job_forgets_its_cancellation(redis: Any) -> None:
    job = enqueue(Misbehave(what="progress"))
    cancel([job.id], by=Operator(user_id="ada"), reason="wrong prices")

    retry([job.id])
    drain()

    assert job.refresh().state == "completed"
    assert (job.row.cancelled_by, job.row.cancel_reason, job.row.cancel_requested_at) == ("", "", None)
