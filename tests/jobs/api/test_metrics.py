"""The counters, as the user's document asks for them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from jobs.models import QueueCount
from jobs.services.limits import pause
from jobs.states import State
from tests.jobs.api.conftest import Caller
from tests.jobs.rows import a_job

QUEUES = ["ingestion", "calculation", "webhooks", "reports"]
ZEROS = {"waiting": 0, "active": 0, "completed": 0, "failed": 0, "delayed": 0, "paused": 0}


def test_the_four_queues_come_first_each_with_six_counters(caller: Caller) -> None:
    answer = caller("view_job").get("/api/jobs/metrics")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json()) == ["metrics"]
    metrics = answer.json()["metrics"]
    assert list(metrics)[:4] == QUEUES
    assert [list(metrics[queue].items()) for queue in QUEUES] == [list(ZEROS.items())] * 4


def test_jobs_are_counted_by_queue_and_state(caller: Caller) -> None:
    a_job(State.WAITING)
    a_job(State.DELAYED)
    a_job(State.ACTIVE, queue="reports")
    QueueCount.objects.create(queue="webhooks", state=State.COMPLETED, shard="", count=5_000)
    QueueCount.objects.create(queue="webhooks", state=State.FAILED, shard="", count=10)

    metrics = caller("view_job").get("/api/jobs/metrics").json()["metrics"]

    assert metrics["calculation"] == {**ZEROS, "waiting": 1, "delayed": 1}
    assert metrics["reports"] == {**ZEROS, "active": 1}
    assert metrics["webhooks"] == {**ZEROS, "completed": 5_000, "failed": 10}


def test_a_paused_queue_s_waiting_jobs_count_as_paused(caller: Caller) -> None:
    a_job(State.WAITING, queue="ingestion")
    pause("ingestion")

    metrics = caller("view_job").get("/api/jobs/metrics").json()["metrics"]

    assert metrics["ingestion"] == {**ZEROS, "paused": 1}


def test_redis_tells_the_live_counts(caller: Caller, redis: Any, settings: Any) -> None:
    settings.JOBS = {**settings.JOBS, "DISPATCH": True}

    answer = caller("view_job").get("/api/jobs/metrics")

    assert answer.json()["metrics"]["reports"] == ZEROS


@pytest.mark.parametrize("role", ["ADMIN", "OWNER"])
def test_whoever_runs_a_tenant_s_jobs_sees_the_counters(caller: Caller, role: str) -> None:
    assert caller(acme=role).get("/api/jobs/metrics").status_code == 200


@pytest.mark.parametrize("role", ["ADMIN", "OWNER"])
def test_a_tenant_s_people_count_the_jobs_of_their_tenant_only(caller: Caller, role: str) -> None:
    client = caller(acme=role)
    a_job(State.WAITING, tenant="acme")
    a_job(State.DELAYED, tenant="acme")
    a_job(State.COMPLETED, tenant="acme", queue="reports")
    for state in (State.WAITING, State.DELAYED, State.ACTIVE, State.COMPLETED, State.FAILED):
        a_job(state, tenant="other")
    QueueCount.objects.create(queue="webhooks", state=State.FAILED, shard="", count=10)

    metrics = client.get("/api/jobs/metrics").json()["metrics"]

    assert list(metrics)[:4] == QUEUES
    assert metrics["calculation"] == {**ZEROS, "waiting": 1, "delayed": 1}
    assert metrics["reports"] == {**ZEROS, "completed": 1}
    assert (metrics["webhooks"], metrics["ingestion"]) == (ZEROS, ZEROS)


def test_a_session_opens_the_door_too(db: None) -> None:
    client = APIClient()
    client.force_login(User.objects.create_superuser("root"))

    assert client.get("/api/jobs/metrics").status_code == 200
