"""Results, waiting for them, jobs in bulk, and the limit that kills."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import dramatiq
import pytest
from django.db import connection, transaction

from jobs import Payload, actor, enqueue, enqueue_many, get_queue
from jobs.errors import InvalidJobId, JobFailed, JobLost, ResultNotJson, ResultTooLarge, WaitTimeout
from jobs.models import Attempt, Job
from jobs.outcome import encode_result
from jobs.testing import drain
from tests.jobs.conftest import until
from tests.jobs.control.conftest import Start, starts
from tests.probe.actors import Misbehave, Note, Stubborn

pytestmark = pytest.mark.django_db(transaction=True)


class Answer(Payload):
    """Returns what a test has put into ANSWERS."""

    name: str


ANSWERS: dict[str, Any] = {
    "nothing": None,
    "object": {"total": "12.30", "rows": [1, 2.5, True, None]},
    "large": "x" * 2_000_000,
    "no json": object(),
    "not a number": float("nan"),
}


@pytest.fixture
def answering(jobs_without_redis: None) -> Any:
    broker = dramatiq.get_broker()
    yield actor(queue_name="calculation", actor_name="answer")(_answer)
    broker.actors.pop("answer")


def _answer(payload: Answer) -> Any:
    return ANSWERS[payload.name]


@pytest.mark.parametrize("name", ["nothing", "object"])
def test_a_result_is_kept_as_json(answering: Any, name: str) -> None:
    job = enqueue(Answer(name=name))

    drain()

    assert job.refresh().returnvalue == ANSWERS[name]


@pytest.mark.parametrize(
    ("name", "error_type", "words"),
    [
        ("large", "ResultTooLarge", "2000002 bytes, 1048576 are kept"),
        ("no json", "ResultNotJson", "Return plain dicts"),
        ("not a number", "ResultNotJson", "Return plain dicts"),
    ],
)
def test_a_result_that_cannot_be_kept_fails_the_job_and_says_why(
    answering: Any, name: str, error_type: str, words: str
) -> None:
    job = enqueue(Answer(name=name), attempts=1)

    drain()

    assert (job.refresh().state, job.row.error_type) == ("failed", error_type)
    assert words in job.row.error


def test_the_result_cap_is_a_setting(settings: Any) -> None:
    settings.JOBS = {**settings.JOBS, "MAX_RESULT_BYTES": 10}

    assert encode_result("12345678") == '"12345678"'
    with pytest.raises(ResultTooLarge, match="11 bytes, 10 are kept"):
        encode_result("123456789")
    with pytest.raises(ResultNotJson):
        encode_result({1, 2})


def test_wait_sees_a_job_that_ended_before(workers: None) -> None:
    job = enqueue(Misbehave(what="progress"))
    until(lambda: job.refresh().state == "completed")

    assert job.wait_until_finished(0) == {"attempt": 1}


def test_wait_sees_a_job_that_another_process_ends(crew: Start, ledger: str) -> None:
    job = enqueue(Note(ledger=ledger, key="a", ms=200))
    crew("--processes", "1")

    assert job.wait_until_finished(60) == {"key": "a"}


def soon(act: Callable[[], Any]) -> threading.Timer:
    """Do something from another thread while this one waits."""

    def run() -> None:
        act()
        connection.close()

    timer = threading.Timer(0.2, run)
    timer.start()
    return timer


def test_wait_ends_when_the_job_is_deleted(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))
    timer = soon(lambda: Job.objects.filter(pk=job.id).delete())

    with pytest.raises(JobLost):
        job.wait_until_finished(60)
    timer.join()


def test_wait_ends_when_the_job_is_cancelled(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))
    timer = soon(get_queue("calculation").drain)

    with pytest.raises(JobFailed, match="cancelled"):
        job.wait_until_finished(60)
    timer.join()


def test_wait_without_redis_is_bounded_too(jobs_without_redis: None) -> None:
    job = enqueue(Misbehave(what="fail"))

    with pytest.raises(WaitTimeout, match=r"still waiting after 0\.2 s"):
        job.wait_until_finished(0.2)


def test_a_bulk_of_ten_thousand_jobs_is_one_call(redis: Any) -> None:
    jobs = enqueue_many(Misbehave(what="fail") for _ in range(10_000))

    assert len({job.id for job in jobs}) == Job.objects.count() == 10_000
    assert get_queue("calculation").counts()["waiting"] == 10_000


def test_a_bulk_of_which_one_is_refused_adds_nothing(redis: Any) -> None:
    good = [Misbehave(what="fail") for _ in range(5_000)]

    class Nameless(Misbehave):
        def default_job_id(self) -> str:
            return "not/a/job/id"

    with pytest.raises(InvalidJobId):
        enqueue_many([*good, Nameless(what="fail")])

    assert Job.objects.count() == 0
    assert get_queue("calculation").counts()["waiting"] == 0


def test_a_bulk_in_a_transaction_that_rolls_back_adds_nothing(redis: Any) -> None:
    with transaction.atomic():
        enqueue_many(Misbehave(what="fail") for _ in range(5_000))
        transaction.set_rollback(True)

    assert Job.objects.count() == 0
    assert get_queue("calculation").counts()["waiting"] == 0


def test_a_hard_limit_kills_the_process_and_harms_no_neighbour(crew: Start, ledger: str) -> None:
    crew("--processes", "2")
    stubborn = enqueue(Stubborn(ms=600_000, ledger=ledger), attempts=1)
    neighbours = enqueue_many([Note(ledger=ledger, key=str(n), ms=200) for n in range(20)])

    for job in neighbours:
        job.wait_until_finished(60)
    until(lambda: stubborn.refresh().row.losses >= 1, seconds=60, what="the kill")

    assert len(starts(ledger)) >= 21
    assert Attempt.objects.filter(job_id=stubborn.id, outcome="lost").exists()
    assert {job.refresh().state for job in neighbours} == {"completed"}
