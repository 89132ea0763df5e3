"""Bulk operations in the admin."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from jobs.job_filter import JobFilter
from jobs.models import AuditLog, Job, Operation
from jobs.services.operation_step import take_step
from jobs.services.operations import start
from jobs.states import State
from tests.jobs.admin.test_queues import act as act_on_queues
from tests.jobs.rows import a_job

LIST = "/admin/jobs/operation/"


def test_an_operation_retries_all_that_match_the_lists_filters(operator: Client) -> None:
    ticked = a_job(State.FAILED)
    for state in (State.FAILED, State.COMPLETED):
        a_job(state)

    answer = operator.post(
        "/admin/jobs/job/?queue=calculation&state=failed",
        {"action": "retry_matching", "_selected_action": [str(ticked.pk)]},
    )
    operation = Operation.objects.get()
    take_step(operation.pk)

    assert str(operation.pk) in answer["Location"]
    assert operation.filter == {"queue": "calculation", "states": ["failed"]}
    assert Job.objects.filter(state=State.WAITING).count() == 2


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
