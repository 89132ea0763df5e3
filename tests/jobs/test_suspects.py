"""Which jobs are taken for killers of their process, and what a process does with one (ADR 0004)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from jobs import enqueue, enqueue_many, new_id
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.rows.claim import claim
from jobs.services.operate import retry
from jobs.services.reclaim import reclaim
from jobs.worker.lease import enter
from jobs.worker.recorder import Acknowledgement
from tests.jobs.test_holdings import QUEUE, holdings_of, taken
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)


def lose(*jobs: JobHandle, died: bool) -> None:
    """Let a process claim the jobs and be lost: dead before its supervisor's eyes, or gone with its host."""
    process = new_id()
    enter(process, supervisor=process, queues=[QUEUE], threads=4)
    assert len(claim(connection, [job.id for job in jobs], process=process, lease_s=15.0)) == len(jobs)
    reclaim(connection, process, died=died)


def suspects() -> int:
    return Job.objects.filter(suspect=True).count()


def test_a_job_whose_process_died_is_a_suspect(redis: Any) -> None:
    lose(enqueue(Misbehave(what="fail")), died=True)

    assert suspects() == 1


def test_a_job_whose_host_was_lost_is_a_suspect_the_second_time(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))

    lose(job, died=False)
    assert suspects() == 0

    lose(job, died=False)
    assert suspects() == 1


def test_a_suspect_that_is_retried_by_hand_is_no_longer_one(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))
    for _ in range(4):
        lose(job, died=True)
    assert job.refresh().state == "failed"

    retry([job.id])

    assert suspects() == 0


@pytest.mark.parametrize(("died", "started"), [(False, 2), (True, 0)])
def test_jobs_of_a_lost_host_start_side_by_side_and_suspects_do_not(died: bool, started: int, redis: Any) -> None:
    jobs = enqueue_many([Misbehave(what="fail"), Misbehave(what="fail")])
    lose(*jobs, died=died)
    process, news = new_id(), list[Acknowledgement]()
    holdings = holdings_of(process, news)

    holdings.claim(holdings.take(QUEUE, taken(process)))

    assert holdings.lanes.waiting() == started
