"""Bulk operations in the admin."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from jobs.job_filter import JobFilter
from jobs.models import AuditLog
from jobs.services.operation_step import take_step
from jobs.services.operations import start
from jobs.states import State
from tests.jobs.admin.test_queues import act as act_on_queues
from tests.jobs.rows import a_job

LIST = "/admin/jobs/operation/"


def test_the_list_leads_to_the_dry_run_of_all_that_match(operator: Client) -> None:
    ticked = a_job(State.FAILED)

    answer = operator.post(
        "/admin/jobs/job/?f=queue:calculation&state=failed",
        {"action": "act_on_all", "_selected_action": [str(ticked.pk)]},
    )

    assert answer["Location"] == "/admin/jobs/job/bulk/?f=queue%3Acalculation&state=failed"


def test_the_operations_page_shows_progress_and_outcomes(operator: Client) -> None:
    a_job(State.FAILED)
    gone = a_job(State.FAILED)
    operation = start(action="retry", wanted=JobFilter(states=("failed",)), reason="the provider is back")
    gone.delete()
    take_step(operation.pk)

    rows, page = (operator.get(path).content.decode() for path in (LIST, f"{LIST}{operation.pk}/change/"))

    assert "2 of 2" in rows
    assert "the provider is back" in page
    assert "it is gone" in page


def test_an_operation_is_stopped_from_its_list_by_who_may(operator: Client, staff: Callable[..., Client]) -> None:
    a_job(State.FAILED)
    operation = start(action="retry", wanted=JobFilter(states=("failed",)))
    order = {"action": "stop_operations", "_selected_action": [str(operation.pk)]}

    staff("view_operation").post(LIST, order)
    operation.refresh_from_db()
    before = operation.state
    operator.post(LIST, order)

    operation.refresh_from_db()
    assert (before, operation.state) == ("running", "stopped")


def test_the_audit_names_who_paused_a_queue_in_the_admin(operator: Client) -> None:
    operator.get("/admin/jobs/queueconfig/")

    act_on_queues(operator, "pause_queues", "calculation")

    entry = AuditLog.objects.get()
    assert (entry.action, entry.entity_id, entry.ip_address) == ("PAUSE", "calculation", "127.0.0.1")
    assert entry.user_id != "system"
