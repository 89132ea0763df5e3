"""The doctor: an installation that works has nothing to complain of, and each fault is found with its remedy."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from jobs import get_queue
from jobs.doctor.lists import LISTS, examine
from jobs.doctor.points import DEEP
from jobs.ids import new_id
from jobs.models import Attempt, Job, Leadership, Process, QueueConfig
from jobs.services.queues import queue_names
from jobs_project.local.ports import claim_port

pytestmark = pytest.mark.django_db


def ills() -> dict[str, str]:
    """Return what is not well: check → found."""
    return {point.check: finding.said for _, point, finding in examine() if not finding.ok}


@pytest.fixture
def healthy(redis: Any) -> Process:
    """Bring an installation in which one process works on every queue and a caretaker leads."""
    later = timezone.now() + timedelta(minutes=1)
    Leadership.objects.create(name="caretaker", holder=new_id(), lease_until=later)
    process = Process(id=new_id(), supervisor=new_id(), host="alpha", pid=7, threads=4, lease_until=later)
    process.queues = queue_names()
    process.beat_at = timezone.now()
    process.save()
    return process


def dead_letter(error_type: str, **more: Any) -> Job:
    now = timezone.now()
    facts = {"queue": "calculation", "actor": "price", "state": "failed", "error_type": error_type, "error": "no"}
    return Job.objects.create(job_id=new_id(), started_at=now, finished_at=now, attempts=3, **facts, **more)


def test_the_doctor_walks_the_three_lists_and_finds_a_healthy_installation_well(healthy: Process) -> None:
    assert list(LISTS) == ["Jobs not processing", "Jobs failing repeatedly", "High queue depth"]
    assert ills() == {}


def test_the_doctor_finds_queues_without_workers_and_no_caretaker(redis: Any) -> None:
    found = ills()

    assert found["Workers are running"].startswith("0 worker processes live; nobody works on ingestion, calculation")
    assert "no caretaker leads" in found["A caretaker leads"]


def test_the_doctor_finds_redis_away_and_goes_on(healthy: Process, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    found = ills()

    assert set(found) == {"Redis is accessible", "Redis keeps its keys"}
    assert "ConnectionError" in found["Redis is accessible"]


def test_the_doctor_finds_a_redis_that_evicts(healthy: Process, redis: Any) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        found = ills()
    finally:
        redis.config_set("maxmemory-policy", "noeviction")

    assert found == {"Redis keeps its keys": "Redis throws keys away when it is full (allkeys-lru)"}


def test_the_doctor_finds_pauses_lost_runs_and_outcomes_that_wait(healthy: Process) -> None:
    QueueConfig.objects.create(queue="reports", paused_at=timezone.now())
    Attempt.objects.create(job=dead_letter(""), number=1, generation=1, outcome="lost", ended_at=timezone.now())
    Process.objects.update(unrecorded=2_000)

    found = ills()

    assert found["Nothing is paused"] == "paused: reports; quiet: no process"
    assert found["No errors of workers"].startswith("a run was lost at")
    assert found["Outcomes are written"] == "2000 outcomes wait for the database"


def test_the_doctor_groups_errors_and_tells_of_time_limits(healthy: Process) -> None:
    for error_type in ("ValueError", "ValueError", "dramatiq.middleware.time_limit.TimeLimitExceeded"):
        dead_letter(error_type)

    found = ills()

    assert found["Error messages in failed jobs"].startswith("2 × price: ValueError; 1 × price: dramatiq")
    assert found["Timeouts are appropriate"] == "1 × price ran out of time"


def test_the_doctor_finds_a_dependency_that_does_not_answer(healthy: Process, settings: Any) -> None:
    address = f"tcp://127.0.0.1:{claim_port()}"
    settings.JOBS = {**settings.JOBS, "DEPENDENCIES": (address,)}

    assert ills()["Dependencies are available"].startswith(address)


def test_the_doctor_tells_why_a_queue_is_deep(healthy: Process, redis: Any) -> None:
    redis.zadd("jobs:{calculation}:ready", {new_id(): n for n in range(DEEP + 1)})
    get_queue("calculation").set_global_concurrency(1)
    get_queue("calculation").set_rate_limit(1, timedelta(minutes=1))

    found = ills()

    assert found["Queue depth"] == f"calculation: {DEEP + 1} wait, the oldest 0 s"
    assert found["Concurrency fits"] == "a limit of their own keeps jobs back: calculation"
    assert found["Submission and starts"] == "starts are limited or held: calculation"


def test_the_doctor_s_command_ends_with_1_and_names_remedies(redis: Any) -> None:
    table, plain = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=table)
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=plain)

    assert ended.value.code == 1
    assert "JOBS NOT PROCESSING" in table.getvalue()
    points = {point["check"]: point for point in json.loads(plain.getvalue())}
    assert "rundramatiq" in points["Workers are running"]["remedy"]
    assert points["Redis is accessible"]["ok"]
