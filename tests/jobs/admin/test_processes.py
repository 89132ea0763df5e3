"""Workers in the admin: what they run, and how they are quieted, woken and stopped."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs.ids import new_uuid
from jobs.models import AuditLog, Process
from jobs.states import State
from tests.jobs.rows import a_job

LIST = "/admin/jobs/process/"


def a_process(**fields: Any) -> Process:
    made = {"host": "worker-1", "pid": 7, "threads": 4, "lease_until": timezone.now() + timedelta(minutes=5)}
    return Process.objects.create(id=new_uuid(), supervisor=new_uuid(), **made, **fields)


def order(client: Client, action: str, process: Process) -> Process:
    client.post(LIST, {"action": action, "_selected_action": [str(process.pk)]})
    return Process.objects.get()


def test_a_worker_is_quieted_woken_and_stopped_from_the_list(operator: Client) -> None:
    process = a_process()

    assert order(operator, "quiet_processes", process).paused_at
    assert order(operator, "wake_processes", process).paused_at is None
    assert order(operator, "stop_processes", process).stop_requested_at
    assert AuditLog.objects.filter(entity_type="PROCESS").count() == 3


def test_a_worker_s_page_shows_what_it_runs(operator: Client) -> None:
    process = a_process()
    a_job(State.ACTIVE, job_id="running-here", worker=process.pk, started_at=timezone.now())
    a_job(State.ACTIVE, job_id="running-elsewhere", worker=new_uuid(), started_at=timezone.now())

    page = operator.get(reverse("admin:jobs_process_change", args=[process.pk])).content.decode()

    assert "running-here" in page
    assert "running-elsewhere" not in page


def test_workers_are_controlled_by_those_who_may(staff: Callable[..., Client]) -> None:
    process = a_process()

    assert order(staff("view_process"), "stop_processes", process).stop_requested_at is None
