"""The page of a job: what was asked, what happened."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from jobs.models import Attempt, Job, JobLog
from jobs.states import State
from tests.jobs.rows import a_job


def page_of(client: Client, job: Job) -> str:
    answer = client.get(reverse("admin:jobs_job_change", args=[job.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (State.WAITING, {"cancel_jobs"}),
        (State.DELAYED, {"cancel_jobs"}),
        (State.BLOCKED, {"cancel_jobs"}),
        (State.ACTIVE, set()),
        (State.COMPLETED, {"retry_jobs"}),
        (State.FAILED, {"retry_jobs"}),
        (State.CANCELLED, {"retry_jobs"}),
    ],
)
def test_a_page_offers_what_the_state_allows(operator: Client, state: State, buttons: set[str]) -> None:
    page = page_of(operator, a_job(state, job_id="calc-acme-1"))

    assert "calc-acme-1" in page
    assert {name for name in ("retry_jobs", "cancel_jobs") if f'value="{name}"' in page} == buttons


def test_payload_progress_and_result_are_readable_and_escaped(operator: Client) -> None:
    job = a_job(
        State.COMPLETED,
        payload={"batchId": "1", "note": "<script>alert(1)</script>"},
        progress={"done": 7},
        result={"itemsSucceeded": 7},
    )

    page = page_of(operator, job)

    assert "\n  &quot;batchId&quot;: &quot;1&quot;" in page
    assert "&quot;done&quot;: 7" in page
    assert "&quot;itemsSucceeded&quot;: 7" in page
    assert "<script>alert(1)" not in page


def test_a_failed_job_shows_its_error_its_runs_and_its_log(operator: Client) -> None:
    job = a_job(State.FAILED, error_type="ValueError", error="no <price>", attempts=2)
    for number in (1, 2):
        Attempt.objects.create(
            job=job, number=number, generation=number, outcome="retry", error="no <price>", traceback=f"File {number}"
        )
        JobLog.objects.create(job=job, attempt=number, line=f"try <{number}>")

    page = page_of(operator, job)

    assert "ValueError: no &lt;price&gt;" in page
    assert page.index("File 1") < page.index("File 2")
    assert page.index("try &lt;1&gt;") < page.index("try &lt;2&gt;")
    assert "will run again" in page


def test_a_page_costs_the_same_queries_however_much_has_happened(
    operator: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = a_job(State.FAILED)
    page_of(operator, job)  # fills Django's cache of content types, whatever test ran before
    for number in range(20):
        Attempt.objects.create(job=job, number=number, generation=number, outcome="retry")
        JobLog.objects.create(job=job, attempt=number, line="…")

    with django_assert_num_queries(6):  # session, user, job twice (ours and Django's), attempts, log lines
        page_of(operator, job)


def test_who_may_only_view_gets_no_buttons(staff: Callable[..., Client]) -> None:
    page = page_of(staff("view_job"), a_job(State.FAILED))

    assert "retry_jobs" not in page


def test_who_may_not_view_gets_no_page(staff: Callable[..., Client]) -> None:
    path = reverse("admin:jobs_job_change", args=[a_job().pk])

    assert staff().get(path).status_code == 403


def test_a_page_cannot_be_saved(operator: Client) -> None:
    job = a_job(priority=1)

    answer = operator.post(reverse("admin:jobs_job_change", args=[job.pk]), {"priority": "9", "state": "completed"})

    job.refresh_from_db()
    assert answer.status_code == 403
    assert (job.priority, job.state) == (1, State.WAITING)
