"""Async actors: one loop a process, and each run counts as a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import enqueue, new_id
from jobs.errors import JobFailed
from jobs.models import Job
from jobs.services.operate import cancel
from jobs.testing import drain
from tests.jobs.conftest import until
from tests.probe.actors import Together, read

pytestmark = pytest.mark.django_db(transaction=True)


def test_async_runs_of_a_process_share_one_loop_and_know_their_jobs(workers: None) -> None:
    meeting = new_id()
    jobs = [enqueue(Together(meeting=meeting, count=2)) for _ in range(2)]

    results = [job.wait_until_finished(60) for job in jobs]

    assert [result["job"] for result in results] == [job.job_id for job in jobs]
    assert len({result["loop"] for result in results}) == 1
    assert list(Job.objects.values_list("progress", flat=True)) == [100, 100]


def test_async_runs_count_as_concurrency(workers: None, tmp_path: Path) -> None:
    ledger, meeting = f"{tmp_path}/ledger", new_id()
    jobs = [enqueue(Together(meeting=meeting, ms=50, ledger=ledger)) for _ in range(6)]

    for job in jobs:
        job.wait_until_finished(60)

    running = most = 0
    for line in read(ledger):
        running += 1 if line["event"] == "S" else -1
        most = max(most, running)
    assert most == 2


def test_an_async_run_is_cancelled_from_elsewhere(workers: None, tmp_path: Path) -> None:
    job = enqueue(Together(meeting=new_id(), ms=60_000, ledger=f"{tmp_path}/ledger"))
    until(lambda: read(f"{tmp_path}/ledger"))

    cancel([job.id])

    with pytest.raises(JobFailed, match="cancelled"):
        job.wait_until_finished(60)
    assert [line["event"] for line in read(f"{tmp_path}/ledger")] == ["S", "F"]


def test_async_actors_are_drained_without_workers(jobs_without_redis: None) -> None:
    job = enqueue(Together(meeting=new_id()))

    drain()

    result = job.refresh().row.result
    assert result is not None
    assert result["job"] == job.job_id
