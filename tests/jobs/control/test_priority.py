"""Priority: higher first, first come first served inside, and it stays with its job."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs import enqueue, get_queue
from jobs.errors import InvalidOption, StaleJob
from jobs.models import Job
from jobs.services.change import change_priority
from jobs.services.dispatching import dispatcher
from jobs.services.operations import retry_all
from jobs.testing import drain
from jobs.workers import start_workers, stop_workers
from tests.jobs.conftest import Crew, until
from tests.probe.actors import Misbehave, Note, read

pytestmark = pytest.mark.django_db(transaction=True)


def places(queue: str = "calculation") -> list[str]:
    """Return the ids in the order in which Redis gives them out."""
    keys = dispatcher().keys(queue).all()
    found: Any = dispatcher().client.zrange(keys[0], 0, -1)
    return list(found)


def placed_first(id_: str) -> bool:
    return places()[0] == id_


@pytest.mark.parametrize("priority", [-1, 1_001, True, "high"])
def test_a_priority_outside_its_range_is_refused(redis: Any, priority: Any) -> None:
    job = enqueue(Misbehave(what="fail"))

    with pytest.raises(InvalidOption, match="priority"):
        job.change_priority(priority)


def test_a_changed_priority_moves_a_waiting_job_before_the_others(redis: Any) -> None:
    first, second, third = (enqueue(Misbehave(what="fail"), priority=5) for _ in range(3))

    third.change_priority(6)

    assert places() == [third.id, first.id, second.id]
    assert third.priority == 6


def test_a_changed_priority_and_its_order_are_those_of_the_workers(
    redis: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    queue = get_queue("calculation")
    queue.pause()
    slow = [enqueue(Note(ledger=f"{tmp_path}/ledger", key=str(n), ms=20)) for n in range(8)]
    slow[7].change_priority(1_000)
    slow[6].change_priority(999)
    request.addfinalizer(stop_workers)
    start_workers(["calculation"])

    queue.resume()
    for job in slow:
        job.wait_until_finished(60)

    started = [line["key"] for line in read(f"{tmp_path}/ledger") if line["event"] == "S"]
    assert set(started[:2]) == {"7", "6"}


def test_a_running_job_keeps_the_priority_it_started_with(workers: None, tmp_path: Path) -> None:
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a", ms=1_000))
    until(lambda: read(f"{tmp_path}/ledger"))
    until(lambda: job.refresh().state == "active")

    with pytest.raises(StaleJob, match="active"):
        job.change_priority(9)


def test_the_priority_of_a_delayed_job_counts_when_it_is_promoted(redis: Any) -> None:
    plain, late = enqueue(Misbehave(what="fail")), enqueue(Misbehave(what="fail"), delay=60_000)

    late.change_priority(500)
    late.promote()

    assert places() == [late.id, plain.id]


def test_a_retry_keeps_the_priority(redis: Any) -> None:
    job = enqueue(Misbehave(what="retry", times=1), priority=700)
    drain()
    enqueue(Misbehave(what="fail"))

    job.refresh().promote()

    assert placed_first(job.id)
    assert job.priority == 700


def test_a_bulk_retry_keeps_the_priority(redis: Any) -> None:
    low, high = enqueue(Misbehave(what="fail"), priority=1), enqueue(Misbehave(what="fail"), priority=900)
    drain()

    assert retry_all(queue="calculation") == 2

    assert places() == [high.id, low.id]


def test_a_job_of_a_killed_worker_keeps_the_priority(crew: Callable[..., Crew], tmp_path: Path) -> None:
    crew("--processes", "1")
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a", ms=1_000), priority=321)
    first = until(lambda: read(f"{tmp_path}/ledger"))[0]
    get_queue("calculation").pause()

    os.kill(first["pid"], signal.SIGKILL)

    until(lambda: job.refresh().state == "waiting", what="its return")
    until(lambda: places() == [job.id], what="its place in Redis")
    other = enqueue(Misbehave(what="fail"), priority=320)
    assert places() == [job.id, other.id]


def test_priorities_of_many_jobs_are_changed_in_one_call(redis: Any) -> None:
    jobs = [enqueue(Misbehave(what="fail")) for _ in range(3)]

    assert sorted(change_priority([job.id for job in jobs[:2]], priority=8)) == sorted(j.id for j in jobs[:2])

    assert sorted(Job.objects.values_list("priority", flat=True)) == [0, 8, 8]
