"""The filter bar of the job list, and acting on all that match: dry run, confirmation, start, stop."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from jobs.admin import bulk as bulk_page
from jobs.models import Job, Operation
from jobs.services.operation_step import take_step
from jobs.states import State
from tests.jobs.rows import a_job

LIST = "/admin/jobs/job/"
BULK = "/admin/jobs/job/bulk/"


def page(client: Client, path: str, **parameters: str) -> str:
    return client.get(path, parameters).content.decode()


def test_the_filter_bar_narrows_the_list_together_with_the_filters(operator: Client) -> None:
    a_job(State.FAILED, job_id="wanted", tenant="acme", payload={"batchId": "7"})
    a_job(State.FAILED, job_id="another-batch", tenant="acme", payload={"batchId": "8"})
    a_job(State.COMPLETED, job_id="other-state", tenant="acme", payload={"batchId": "7"})

    found = page(operator, LIST, f="tenant:acme payload.batchId:7", state="failed")

    assert "wanted" in found
    assert "another-batch" not in found
    assert "other-state" not in found
    assert 'value="tenant:acme payload.batchId:7"' in found


def test_a_filter_that_cannot_be_read_shows_nothing_and_says_where(operator: Client) -> None:
    a_job(job_id="there")

    found = page(operator, LIST, f="colour:red")

    assert "at character 1" in found
    assert "there" not in found
    assert operator.get(BULK, {"f": "colour:red"}).status_code == 302


def test_a_dry_run_counts_by_state_actor_and_tenant_and_moves_nothing(operator: Client) -> None:
    for state in (State.FAILED, State.FAILED, State.ACTIVE):
        a_job(state, tenant="acme")

    found = page(operator, BULK, f="tenant:acme", action="retry")

    assert "<strong>2</strong> of the 3 jobs that match would move." in found
    assert "process-calculation" in found
    assert not Operation.objects.exists()


def test_all_that_match_are_acted_on_with_reason_and_throttle(operator: Client) -> None:
    a_job(State.FAILED)
    a_job(State.FAILED, queue="reports")

    answer = operator.post(
        f"{BULK}?f=queue:calculation", {"action": "retry", "reason": "the disk is free again", "per_second": "50"}
    )

    operation = Operation.objects.get()
    assert answer["Location"] == reverse("admin:jobs_operation_change", args=[operation.pk])
    assert (operation.filter, operation.per_second) == ({"queue": "calculation"}, 50)
    assert operation.reason == "the disk is free again"


def test_a_deletion_is_confirmed_by_typing_its_number(operator: Client) -> None:
    a_job(State.COMPLETED)

    operator.post(BULK, {"action": "delete", "typed": "2"})
    assert not Operation.objects.exists()

    operator.post(BULK, {"action": "delete", "typed": "1"})
    assert Operation.objects.get().action == "delete"


def test_many_jobs_are_confirmed_by_typing_their_number(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_page, "TYPED", 1)
    for _ in range(2):
        a_job(State.FAILED)

    assert "Type 2 to confirm" in page(operator, BULK, action="retry")
    operator.post(BULK, {"action": "retry"})
    assert not Operation.objects.exists()


def test_who_may_not_act_gets_no_dry_run(staff: Callable[..., Client]) -> None:
    client = staff("view_job")

    assert client.get(BULK).status_code == 403
    assert client.post(BULK, {"action": "retry"}).status_code == 403


def test_an_operation_is_followed_and_stopped_on_its_page(operator: Client) -> None:
    for _ in range(3):
        a_job(State.FAILED)
    operator.post(BULK, {"action": "retry"})
    operation = Operation.objects.get()
    take_step(operation.pk, at_most=1)
    path = reverse("admin:jobs_operation_change", args=[operation.pk])

    followed = page(operator, path)
    operator.post(reverse("admin:jobs_operation_stop", args=[operation.pk]))

    assert "33 %" in followed
    assert "Its jobs now: 1 waiting" in followed
    assert "every 2s" in followed
    operation.refresh_from_db()
    assert operation.state == "stopped"
    assert "every 2s" not in page(operator, path)
    assert Job.objects.filter(state=State.FAILED).count() == 2
