"""Rate limits: exact over all workers, changed while they work, and set from inside a job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jobs import enqueue, enqueue_many, get_queue
from jobs.errors import InvalidOption, UnknownQueue, WaitTimeout
from jobs.models import Attempt, QueueConfig
from jobs.services.dispatching import dispatcher
from jobs.services.limits import hold, limits, set_rate_limit
from jobs.testing import drain
from tests.jobs.conftest import until
from tests.jobs.control.conftest import Start, starts
from tests.probe.actors import Misbehave, Note

pytestmark = pytest.mark.django_db(transaction=True)


def window_starts(redis: Any) -> list[float]:
    """Return the times at which Redis let jobs start, in ms, of the last window."""
    keys = dispatcher().keys("calculation").all()
    return sorted(score for _, score in redis.zrange(keys[5], 0, -1, withscores=True))


def test_a_rate_limit_holds_over_two_worker_processes(crew: Start, ledger: str, redis: Any) -> None:
    queue = get_queue("calculation")
    queue.set_rate_limit(4, timedelta(seconds=2))
    enqueue_many([Note(ledger=ledger, key=str(n)) for n in range(12)])

    crew("--processes", "2")
    until(lambda: len(starts(ledger)) >= 4, what="the first window")

    # Judged by the clock of Redis, which keeps the starts of one window: never more than allowed.
    most = 0
    while len(starts(ledger)) < 12:
        most = max(most, len(window_starts(redis)))
    assert most == 4
    assert len({line["pid"] for line in starts(ledger)}) >= 1


def test_limited_jobs_stay_waiting(redis: Any, workers: None, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.set_rate_limit(1, 60_000)
    jobs = enqueue_many([Note(ledger=ledger, key=str(n)) for n in range(3)])

    until(lambda: len(starts(ledger)) == 1)

    assert until(lambda: queue.counts()["active"] == 0)
    assert queue.counts()["waiting"] == 2
    assert sorted(job.refresh().state for job in jobs) == ["completed", "waiting", "waiting"]


def test_a_rate_limit_is_changed_while_workers_wait_for_it(workers: None, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.set_rate_limit(1, 3_600_000)
    jobs = enqueue_many([Note(ledger=ledger, key=str(n)) for n in range(3)])
    until(lambda: len(starts(ledger)) == 1)

    queue.set_rate_limit(2, 3_600_000)
    until(lambda: len(starts(ledger)) == 2)
    queue.clear_rate_limit()

    for job in jobs:
        job.wait_until_finished(60)
    assert len(starts(ledger)) == 3


def test_a_rate_limit_survives_flushall(redis: Any, workers: None, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.set_rate_limit(1, 3_600_000)
    first, second = enqueue_many([Note(ledger=ledger, key=str(n)) for n in range(2)])
    first.wait_until_finished(60)

    redis.flushall()

    until(lambda: window_starts(redis), what="the window, put back from rows")
    with pytest.raises(WaitTimeout):
        second.wait_until_finished(1.0)


@pytest.mark.parametrize(("max_starts", "window"), [(0, 1_000), (1, 0), (1.5, 1_000), (1, timedelta(0))])
def test_a_rate_limit_that_lets_nothing_through_is_refused(redis: Any, max_starts: Any, window: Any) -> None:
    with pytest.raises(InvalidOption):
        set_rate_limit("calculation", max_starts=max_starts, window=window)


def test_a_rate_limit_of_an_unknown_queue_is_refused(redis: Any) -> None:
    with pytest.raises(UnknownQueue):
        set_rate_limit("nowhere", max_starts=1, window=1_000)


def test_a_job_that_is_rate_limited_holds_its_queue_and_spends_no_attempt(workers: None, ledger: str) -> None:
    limited = enqueue(Misbehave(what="limited", times=1), attempts=1)
    until(lambda: QueueConfig.objects.filter(queue="calculation").exclude(held_until=None).exists())
    until(lambda: limited.refresh().state == "waiting", what="handed back, the hold known to Redis")
    other = enqueue(Note(ledger=ledger, key="other"), priority=1_000)

    assert other.state == "waiting"
    assert get_queue("calculation").counts()["waiting"] == 2
    assert limited.attempts_made == 0
    assert list(Attempt.objects.values_list("outcome", "error_type")) == [("released", "RateLimited")]

    get_queue("calculation").release_hold()
    other.wait_until_finished(60)


def test_a_rate_limited_queue_goes_on_by_itself(workers: None) -> None:
    job = enqueue(Misbehave(what="limited a little"))

    row = QueueConfig.objects.filter(queue="calculation").exclude(held_until=None)
    held_until = until(lambda: row.values_list("held_until", flat=True).first())
    until(lambda: Attempt.objects.filter(job_id=job.id).count() >= 2, what="a second run, by itself")

    assert row.values_list("held_until", flat=True).get() > held_until


def test_of_two_holds_the_longer_counts(redis: Any) -> None:
    hold("calculation", delay=timedelta(minutes=2))
    hold("calculation", delay=timedelta(minutes=1))

    hold_ms = limits("calculation").hold_ms

    assert hold_ms is not None
    assert 60_000 < hold_ms <= 120_000


def test_a_hold_survives_flushall(redis: Any, workers: None) -> None:
    queue = get_queue("calculation")
    queue.hold(timedelta(hours=1))
    job = enqueue(Misbehave(what="progress"))

    redis.flushall()

    keys = dispatcher().keys("calculation").all()
    until(lambda: redis.hexists(keys[4], "held_until"), what="the hold, put back from its row")
    until(lambda: queue.counts()["waiting"] == 1, what="the job, put back from its row")
    assert job.refresh().state == "waiting"
    queue.release_hold()
    job.wait_until_finished(60)


def test_draining_in_a_test_stops_at_a_rate_limit(redis: Any) -> None:
    enqueue(Misbehave(what="limited"))

    assert len(drain()) == 1
