"""Workers on threads of the test's process: the user's start_workers, events, limits, races."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from jobs import enqueue, get_queue, get_queue_events, get_worker_status
from jobs.errors import JobFailed, WaitTimeout
from jobs.models import Attempt, Job, Process
from jobs.rows.claim import claim
from jobs.rows.dialect import wrapper
from jobs.rows.process import fence
from jobs.services.operate import cancel
from jobs.worker.lease import enter
from tests.jobs.conftest import until
from tests.probe.actors import Misbehave, Note, read

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_is_run_and_waited_for(workers: None, tmp_path: Path) -> None:
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a"))

    assert job.wait_until_finished(60) == {"key": "a"}


def test_waiting_for_a_failed_job_raises_its_reason(workers: None) -> None:
    job = enqueue(Misbehave(what="fail"))

    with pytest.raises(JobFailed, match="hopeless"):
        job.wait_until_finished(60)


def test_waiting_is_bounded(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))

    with pytest.raises(WaitTimeout, match="still waiting"):
        job.wait_until_finished(0.1)


def test_status_names_every_queue(workers: None) -> None:
    get_queue("reports").pause()

    status = {entry["name"]: entry for entry in get_worker_status()}

    assert status["calculation"] == {"name": "calculation", "is_running": True, "is_paused": False}
    assert status["reports"]["is_paused"]


def test_a_delayed_job_starts_when_it_is_due(workers: None, tmp_path: Path) -> None:
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a"), delay=300)

    job.wait_until_finished(60)

    row = Job.objects.get(pk=job.id)
    assert row.started_at is not None
    assert row.started_at >= row.run_at


def test_a_retry_waits_and_runs_again(workers: None) -> None:
    job = enqueue(Misbehave(what="retry", times=2))

    assert job.wait_until_finished(60) == {"attempt": 3}
    assert list(Attempt.objects.values_list("number", "outcome")) == [(1, "retry"), (2, "retry")]


def test_no_more_jobs_of_a_queue_run_than_its_concurrency(workers: None, tmp_path: Path) -> None:
    jobs = [enqueue(Note(ledger=f"{tmp_path}/ledger", key=str(n), ms=50)) for n in range(8)]

    for job in jobs:
        job.wait_until_finished(60)

    running = most = 0
    for line in read(f"{tmp_path}/ledger"):
        running += 1 if line["event"] == "S" else -1
        most = max(most, running)
    assert most == 2


def test_a_paused_queue_starts_nothing_until_it_is_resumed(workers: None, tmp_path: Path) -> None:
    queue = get_queue("calculation")
    queue.pause()
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a"))
    with pytest.raises(WaitTimeout):
        job.wait_until_finished(0.5)
    assert queue.counts()["paused"] == 1
    assert queue.counts()["waiting"] == 0

    queue.resume()

    job.wait_until_finished(60)


def test_listeners_hear_completed_failed_and_progress(workers: None, request: pytest.FixtureRequest) -> None:
    heard: dict[str, dict[str, Any]] = {}
    all_heard = threading.Event()
    events = get_queue_events("calculation")
    request.addfinalizer(events.close)
    for name in ("completed", "failed", "progress"):

        def hear(data: dict[str, Any], name: str = name) -> None:
            heard.setdefault(name, data)
            if len(heard) == 3:
                all_heard.set()

        events.on(name, hear)

    good = enqueue(Misbehave(what="progress"), job_id="good")
    bad = enqueue(Misbehave(what="fail"), job_id="bad")

    assert all_heard.wait(15), heard
    assert heard["completed"] == {"jobId": good.job_id, "returnvalue": {"attempt": 1}}
    assert heard["failed"] == {"jobId": bad.job_id, "failedReason": "hopeless"}
    assert heard["progress"] == {"jobId": good.job_id, "data": 33}


def test_a_running_job_is_cancelled_from_elsewhere(workers: None, tmp_path: Path) -> None:
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a", ms=30_000))
    until(lambda: read(f"{tmp_path}/ledger"))

    cancel([job.id])

    with pytest.raises(JobFailed, match="cancelled"):
        job.wait_until_finished(60)


def test_a_waiting_job_is_cancelled_at_once(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))

    assert cancel([job.id]) == [job.id]

    assert job.refresh().state == "cancelled"
    assert get_queue("calculation").counts()["waiting"] == 0


def test_a_fenced_process_claims_nothing(redis: Any) -> None:
    job, process, connection = (
        enqueue(Misbehave(what="fail")),
        "00000000-0000-7000-8000-000000000001",
        wrapper("default"),
    )
    enter(process, supervisor=process, queues=["calculation"], threads=1)
    fence(connection, process)

    assert claim(connection, [job.id], process=process, lease_s=15) == []
    assert Process.objects.get(pk=process).fenced_at is not None


def test_a_job_is_claimed_once(redis: Any) -> None:
    job, process, connection = (
        enqueue(Misbehave(what="fail")),
        "00000000-0000-7000-8000-000000000002",
        wrapper("default"),
    )
    enter(process, supervisor=process, queues=["calculation"], threads=1)

    first = claim(connection, [job.id], process=process, lease_s=15)
    second = claim(connection, [job.id], process=process, lease_s=15)

    assert [(c.generation, c.attempt) for c in first] == [(1, 1)]
    assert second == []
