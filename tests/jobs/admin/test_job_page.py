"""The page of a job: what was asked, what happened."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from jobs import enqueue
from jobs.admin.job_verbs import VERBS
from jobs.ids import new_uuid
from jobs.models import Attempt, AuditLog, Job, JobLog
from jobs.states import State
from tests.jobs.rows import a_job
from tests.probe.actors import Misbehave


def page_of(client: Client, job: Job) -> str:
    answer = client.get(reverse("admin:jobs_job_change", args=[job.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (State.WAITING, {"copy", "cancel", "edit", "priority"}),
        (State.DELAYED, {"promote", "copy", "cancel", "edit", "priority"}),
        (State.BLOCKED, {"copy", "cancel", "edit", "priority", "free"}),
        (State.ACTIVE, {"copy", "cancel"}),
        (State.COMPLETED, {"retry", "copy"}),
        (State.FAILED, {"retry", "copy", "edit"}),
        (State.CANCELLED, {"retry", "copy"}),
    ],
)
def test_a_page_offers_what_the_state_allows(operator: Client, state: State, buttons: set[str]) -> None:
    page = page_of(operator, a_job(state, job_id="calc-acme-1"))

    assert "calc-acme-1" in page
    assert {name for name in VERBS if f'value="{name}"' in page} == buttons


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

    assert "ValueError" in page
    assert "no &lt;price&gt;" in page
    assert page.index("File 2") < page.index("File 1"), "the newest first"
    assert page.index("try &lt;1&gt;") < page.index("try &lt;2&gt;")
    assert "will run again" in page


def test_a_page_costs_the_same_queries_however_much_has_happened(
    operator: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = a_job(State.FAILED)
    page_of(operator, job)  # fills Django's cache of content types, whatever test ran before
    for number in range(20):
        Attempt.objects.create(job=job, number=number, generation=number, outcome="retry", worker=new_uuid())
        JobLog.objects.create(job=job, attempt=number, line="…")

    with django_assert_num_queries(6):  # session, user, job, attempts, their processes, log lines
        page_of(operator, job)


def test_who_may_only_view_gets_no_buttons(staff: Callable[..., Client]) -> None:
    page = page_of(staff("view_job"), a_job(State.FAILED))

    assert 'name="verb"' not in page


def test_who_may_not_view_gets_no_page(staff: Callable[..., Client]) -> None:
    path = reverse("admin:jobs_job_change", args=[a_job().pk])

    assert staff().get(path).status_code == 403


def test_a_page_cannot_be_saved(operator: Client) -> None:
    job = a_job(priority=1)

    answer = operator.post(reverse("admin:jobs_job_change", args=[job.pk]), {"priority": "9", "state": "completed"})

    job.refresh_from_db()
    assert answer.status_code == 403
    assert (job.priority, job.state) == (1, State.WAITING)


def use(client: Client, job: Job, verb: str, **form: str) -> int:
    return client.post(reverse("admin:jobs_job_act", args=[job.pk]), {"verb": verb, **form}).status_code


def test_a_dead_letter_is_retried_with_another_payload_and_a_reason(operator: Client) -> None:
    enqueue(Misbehave(what="fail"))
    job = Job.objects.get()
    Job.objects.update(state=State.FAILED, finished_at=timezone.now())

    use(operator, job, "edit", payload=json.dumps({**job.payload, "what": "nothing"}), reason="a typing error")

    job.refresh_from_db()
    assert (job.state, job.payload["what"]) == (State.WAITING, "nothing")
    assert set(AuditLog.objects.filter(entity_id=job.pk).values_list("action", flat=True)) == {"EDIT", "RETRY"}


def test_an_edit_that_is_no_json_changes_nothing_and_says_so(operator: Client) -> None:
    job = a_job(State.FAILED)

    assert use(operator, job, "edit", payload="{") == 302
    assert "The payload is no JSON" in page_of(operator, job)


def test_a_copy_is_a_job_of_its_own(operator: Client) -> None:
    job = a_job(State.COMPLETED, payload={"batchId": "7"}, tenant="acme", priority=9)

    use(operator, job, "copy")

    copy = Job.objects.exclude(pk=job.pk).get()
    assert (copy.state, copy.payload, copy.tenant, copy.priority) == (State.WAITING, {"batchId": "7"}, "acme", 9)
    assert AuditLog.objects.values_list("changes__after__copyOf", flat=True).get(action="COPY") == str(job.pk)


@pytest.mark.parametrize("verb", [*VERBS, "nonsense"])
def test_a_verb_is_used_by_those_who_may(staff: Callable[..., Client], verb: str) -> None:
    job = a_job(State.FAILED)

    assert use(staff("view_job"), job, verb) == 403
    job.refresh_from_db()
    assert job.state == State.FAILED
