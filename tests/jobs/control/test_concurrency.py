"""Concurrency: in one process and over all of them, changed while they work."""

from __future__ import annotations

from typing import Any

import pytest

from jobs import enqueue_many, get_queue
from jobs.conf import jobs_settings
from jobs.errors import InvalidOption
from tests.jobs.conftest import until
from tests.jobs.control.conftest import Start, most_at_once, starts
from tests.probe.actors import Note

pytestmark = pytest.mark.django_db(transaction=True)


def notes(ledger: str, count: int, ms: int) -> list[Note]:
    return [Note(ledger=ledger, key=str(n), ms=ms) for n in range(count)]


def test_the_default_concurrency_of_the_four_queues() -> None:
    queues = ("ingestion", "calculation", "webhooks", "reports")

    assert [jobs_settings().queue(queue).concurrency for queue in queues] == [3, 2, 5, 2]


def test_a_raised_concurrency_is_used_at_once(workers: None, ledger: str) -> None:
    enqueue_many(notes(ledger, 5, 60_000))
    until(lambda: len(starts(ledger)) == 2)

    get_queue("calculation").set_concurrency(20)  # more than the process had threads

    until(lambda: len(starts(ledger)) == 5, what="five at once")


def test_a_lowered_concurrency_lets_run_what_runs_and_starts_no_more(workers: None, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.set_concurrency(1)
    first = enqueue_many(notes(ledger, 1, 0))[0]
    first.wait_until_finished(60)
    until(lambda: queue.counts()["active"] == 0)
    jobs = enqueue_many(notes(f"{ledger}-2", 4, 30))

    for job in jobs:
        job.wait_until_finished(60)

    assert most_at_once(f"{ledger}-2") == 1


def test_concurrency_goes_back_to_the_settings(workers: None, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.set_concurrency(1)
    enqueue_many(notes(ledger, 3, 60_000))
    until(lambda: len(starts(ledger)) == 1)

    queue.set_concurrency(None)

    until(lambda: len(starts(ledger)) == 2)


def test_the_global_concurrency_holds_over_two_worker_processes(crew: Start, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.set_global_concurrency(3)
    jobs = enqueue_many(notes(ledger, 12, 150))

    crew("--processes", "2")
    for job in jobs:
        job.wait_until_finished(60)

    assert most_at_once(ledger) == 3
    assert len({line["pid"] for line in starts(ledger)}) == 2


def test_the_global_concurrency_is_changed_while_workers_wait_for_it(workers: None, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.set_global_concurrency(1)
    enqueue_many(notes(ledger, 3, 60_000))
    until(lambda: len(starts(ledger)) == 1)

    queue.set_global_concurrency(None)

    until(lambda: len(starts(ledger)) == 2)


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True])
def test_a_concurrency_that_lets_nothing_through_is_refused(redis: Any, jobs: Any) -> None:
    with pytest.raises(InvalidOption):
        get_queue("calculation").set_concurrency(jobs)
