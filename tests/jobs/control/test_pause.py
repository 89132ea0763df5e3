"""Pausing a queue, and quieting or stopping one worker process from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from jobs import enqueue, enqueue_many, get_queue
from jobs.errors import UnknownProcess, WaitTimeout
from jobs.ids import new_id
from jobs.models import AuditLog, Process
from jobs.operator import Operator
from jobs.services.processes import quiet, stop, wake
from jobs.services.registry import worker_processes
from jobs.worker.orders import Orders
from tests.jobs.conftest import until
from tests.jobs.control.conftest import Start, starts
from tests.probe.actors import Misbehave, Note

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "calculation"


def standing() -> dict[str, str]:
    return {process.id: process.standing for process in worker_processes()}


def test_a_pause_is_obeyed_by_two_processes_and_lets_run_what_runs(crew: Start, ledger: str) -> None:
    crew("--processes", "2")
    until(lambda: Process.objects.count() == 2)
    running = enqueue(Note(ledger=ledger, key="running", ms=1_000))
    until(lambda: starts(ledger))

    get_queue(QUEUE).pause()
    waiting = enqueue_many([Note(ledger=ledger, key=str(n)) for n in range(5)])

    running.wait_until_finished(60)
    assert [line["key"] for line in starts(ledger)] == ["running"]
    assert get_queue(QUEUE).counts()["paused"] == 5
    get_queue(QUEUE).resume()
    for job in waiting:
        job.wait_until_finished(60)


def test_a_pause_survives_flushall(workers: None, redis: Any, ledger: str) -> None:
    queue = get_queue(QUEUE)
    queue.pause()
    job = enqueue(Note(ledger=ledger, key="a"))

    redis.flushall()

    until(lambda: queue.counts()["paused"] == 1, what="the job and the pause, put back from their rows")
    with pytest.raises(WaitTimeout):
        job.wait_until_finished(0.5)
    queue.resume()
    job.wait_until_finished(60)


def test_a_quiet_process_starts_nothing_and_the_other_goes_on(crew: Start, ledger: str) -> None:
    one = crew("--processes", "2")
    until(lambda: len(one.worker_pids()) == 2)
    running = enqueue(Note(ledger=ledger, key="running", ms=1_000))
    pid = until(lambda: starts(ledger))[0]["pid"]
    process = until(lambda: Process.objects.filter(pid=pid).first())

    quiet(process.pk, by=Operator(user_id="ada"), reason="it swaps")

    running.wait_until_finished(60)  # what runs goes on
    assert standing()[str(process.pk)] == "paused"
    assert AuditLog.objects.get(action="QUIET").user_id == "ada"
    for job in enqueue_many([Note(ledger=ledger, key=str(n), ms=20) for n in range(10)]):
        job.wait_until_finished(60)
    assert pid not in {line["pid"] for line in starts(ledger)[1:]}


def test_a_quiet_process_that_is_woken_goes_on(workers: None, ledger: str) -> None:
    enqueue(Note(ledger=ledger, key="a")).wait_until_finished(60)
    process = Process.objects.get().pk
    quiet(process)
    enqueue(Note(ledger=ledger, key="last of all"))  # may have been asked for before
    job = enqueue(Note(ledger=ledger, key="b"), delay=300)
    with pytest.raises(WaitTimeout):
        job.wait_until_finished(1.0)

    wake(process)

    job.wait_until_finished(60)


def test_a_stopped_process_ends_its_jobs_and_is_not_replaced(crew: Start, ledger: str) -> None:
    one = crew("--processes", "2")
    until(lambda: len(one.worker_pids()) == 2)
    job = enqueue(Note(ledger=ledger, key="a", ms=1_000))
    pid = until(lambda: starts(ledger))[0]["pid"]
    row = until(lambda: Process.objects.filter(pid=pid).first())

    stop(row.pk)

    until(lambda: len(one.worker_pids()) == 1, what="one worker fewer")
    assert job.wait_until_finished(60) == {"key": "a"}
    assert len(starts(ledger)) == 1
    enqueue(Misbehave(what="progress")).wait_until_finished(60)
    assert len(one.worker_pids()) == 1


def test_a_supervisor_whose_last_process_is_stopped_ends(crew: Start) -> None:
    one = crew("--processes", "1")
    enqueue(Misbehave(what="progress")).wait_until_finished(60)

    stop(Process.objects.get().pk)

    assert one.popen.wait(30) == 0


def test_an_order_that_was_lost_is_read_from_the_row(workers: None, ledger: str) -> None:
    enqueue(Note(ledger=ledger, key="a")).wait_until_finished(60)

    Process.objects.update(paused_at=Now())  # and no order in Redis
    orders = Orders()
    orders.read(connection, str(Process.objects.get().pk))

    assert orders.idle()


@pytest.mark.parametrize("order", [quiet, wake, stop])
def test_an_order_for_nobody_is_refused(db: None, order: Any) -> None:
    with pytest.raises(UnknownProcess):
        order(new_id())
