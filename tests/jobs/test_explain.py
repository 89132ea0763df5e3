"""Why a job does not run, in words; and the life of a job as phases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import enqueue
from jobs.ids import new_uuid
from jobs.models import Attempt, Edge, Job, Process
from jobs.services.explain import Reason, why_not_running
from jobs.services.limits import hold, pause, set_max_active
from jobs.services.put_back import put_back
from jobs.services.timeline import timeline
from jobs.states import State
from tests.jobs.rows import a_job
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)
SOON = timedelta(minutes=5)


def a_process(**fields: Any) -> Process:
    made = {"queues": ["calculation"], "threads": 4, "lease_until": timezone.now() + SOON, "host": "one", "pid": 1}
    return Process.objects.create(id=new_uuid(), supervisor=new_uuid(), **{**made, **fields})


def a_known_job() -> Job:
    return Job.objects.get(pk=enqueue(Misbehave(what="fail")).id)


def reasons(job: Job) -> list[Reason]:
    job.refresh_from_db()
    return why_not_running(job)


def why(job: Job) -> str:
    return " ".join(reason.words for reason in reasons(job))


def test_why_a_job_is_not_running_when_nothing_is_in_its_way(redis: Any) -> None:
    a_process()

    assert why(a_known_job()) == "Nothing is in its way: it starts when its turn comes."


def test_why_no_living_worker_serves_the_queue(redis: Any) -> None:
    job = a_known_job()
    a_process(queues=["reports"])
    a_process(lease_until=timezone.now() - SOON)

    assert "No living worker serves the queue calculation" in why(job)

    a_process(paused_at=timezone.now())
    assert "Every worker of the queue calculation is quiet: one:1." in why(job)


def test_why_a_paused_and_held_queue_is_named_with_what_mends_it(redis: Any) -> None:
    a_process()
    job = a_known_job()
    pause("calculation")
    hold("calculation", delay=SOON)

    assert [reason.mend for reason in reasons(job)] == ["resume", "release"]


def test_why_a_delayed_job_waits_until_its_time(redis: Any) -> None:
    a_process()
    job = Job.objects.get(pk=enqueue(Misbehave(what="fail"), delay=SOON).id)

    (reason,) = reasons(job)

    assert (reason.mend, reason.at) == ("promote", job.run_at)


def test_why_a_job_that_redis_lacks_is_put_back(redis: Any) -> None:
    a_process()
    job = a_known_job()
    redis.flushdb()

    assert [reason.mend for reason in reasons(job)] == ["put_back"]
    assert "missing in Redis" in why(job)

    put_back([job.pk])
    assert "Nothing is in its way" in why(job)


def test_why_a_job_waits_while_the_queue_is_full(redis: Any) -> None:
    a_process()
    job = a_known_job()
    set_max_active("calculation", jobs=1)
    assert "may" not in why(job)

    redis.hset("jobs:{calculation}:active", "x", "y")
    assert "1 jobs of the queue calculation run, and no more than 1 may." in why(job)


def test_why_a_blocked_job_names_what_it_waits_for(jobs_without_redis: None) -> None:
    first, second = a_job(job_id="first"), a_job(State.BLOCKED)
    Edge.objects.create(parent=second, child=first)

    reason = reasons(second)[0]

    assert (reason.words, reason.mend) == (
        "It waits: process-calculation first waits in queue calculation, which no worker takes: start one.",
        "free",
    )


def test_why_an_active_job_of_a_lost_process_does_not_go_on(jobs_without_redis: None) -> None:
    dead = a_process(lease_until=timezone.now() - SOON)

    assert "one:1 ran it and is lost" in why(a_job(State.ACTIVE, worker=dead.pk))
    assert "It runs on one:1." in why(a_job(State.ACTIVE, worker=a_process().pk))


def test_a_job_that_has_ended_needs_no_reason(jobs_without_redis: None) -> None:
    assert reasons(a_job(State.FAILED)) == []


def test_a_timeline_tells_waits_and_runs_in_proportion() -> None:
    now = timezone.now()
    minute = timedelta(minutes=1)
    job = a_job(State.COMPLETED, created_at=now - 10 * minute, started_at=now - minute, finished_at=now)
    began = now - 8 * minute
    Attempt.objects.create(
        job=job, number=1, generation=1, outcome="retry", started_at=began, ended_at=began + minute, error_type="Oops"
    )

    phases = timeline(job, list(job.attempt_log.all()), now=now)

    assert [(phase.words, phase.lasted / minute) for phase in phases] == [
        ("Waited", 2),
        ("Attempt 1: will run again", 1),
        ("Waited", 6),
        ("Completed", 1),
    ]
    assert [(phase.place, phase.width) for phase in phases] == [(0, 200), (200, 100), (300, 600), (900, 100)]
