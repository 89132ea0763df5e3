"""The list of jobs: how it looks, narrows, searches and counts."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from jobs.admin.paginator import BoundedPaginator
from jobs.models import Job
from jobs.states import State
from tests.jobs.rows import a_job

LIST = "/admin/jobs/job/"


def shown(operator: Client, **query: Any) -> list[str]:
    page = operator.get(LIST, query)
    assert page.status_code == 200
    return [job.job_id for job in page.context["cl"].result_list]


def test_every_state_has_a_row_and_a_label(operator: Client) -> None:
    for state in State:
        a_job(state, job_id=f"in-{state}", tenant="acme")

    page = operator.get(LIST).content.decode()

    for state in State:
        assert f"in-{state}" in page
    assert "bg-red-100" in page


def test_the_latest_job_comes_first(operator: Client) -> None:
    for number in range(3):
        a_job(job_id=f"j{number}")

    assert shown(operator) == ["j2", "j1", "j0"]


def test_the_list_costs_the_same_queries_however_long_it_is(
    operator: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(50):
        a_job(payload={"big": "x" * 1_000})

    with django_assert_num_queries(4) as asked:  # session, user, bounded count, rows
        operator.get(LIST)

    rows = asked.captured_queries[-1]["sql"]
    assert not any(f'"jobs_job"."{column}"' in rows for column in ("payload", "result", "error", "options"))
    assert not any("DISTINCT" in query["sql"] for query in asked.captured_queries)


def test_a_long_list_is_counted_up_to_a_bound(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedPaginator, "MOST", 5)
    for _ in range(8):
        a_job()

    with CaptureQueriesContext(connection) as asked:
        page = operator.get(LIST)

    assert page.context["cl"].result_count == 5
    assert "More than" in page.content.decode()
    counts = [query["sql"] for query in asked.captured_queries if "COUNT(" in query["sql"]]
    assert ["LIMIT 6" in sql for sql in counts] == [True]


@pytest.mark.parametrize(
    "query",
    [
        {"queue": "reports"},
        {"state": "failed"},
        {"actor": "generate-report"},
        {"tenant": " acme "},
        {"created": "1h"},
        {"queue": "reports", "state": "failed", "tenant": "acme"},
    ],
)
def test_filters_narrow_the_list(operator: Client, query: dict[str, str]) -> None:
    a_job(State.FAILED, job_id="wanted", queue="reports", actor="generate-report", tenant="acme")
    a_job(State.WAITING, job_id="other", created_at=timezone.now() - timedelta(days=2))

    assert shown(operator, **query) == ["wanted"]


@pytest.mark.parametrize("state", list(State))
def test_each_state_is_found_by_its_filter(operator: Client, state: State) -> None:
    for each in State:
        a_job(each, job_id=f"in-{each}")

    assert shown(operator, state=state) == [f"in-{state}"]


def test_all_declared_queues_can_be_chosen_also_without_jobs(operator: Client) -> None:
    page = operator.get(LIST).content.decode()

    for queue in ("ingestion", "calculation", "webhooks", "reports"):
        assert f'value="{queue}"' in page


def test_a_job_is_found_by_its_id_its_beginning_or_its_uuid(operator: Client) -> None:
    job = a_job(job_id="calc-acme-1")
    a_job(job_id="calc-acme-10")
    a_job(job_id="calc-umbrella-1")

    assert shown(operator, q="calc-acme-1") == ["calc-acme-1"]
    assert shown(operator, q="calc-acme-") == ["calc-acme-10", "calc-acme-1"]
    assert shown(operator, q=str(job.pk)) == ["calc-acme-1"]
    assert shown(operator, q="acme") == []


def test_what_a_job_says_is_never_html(operator: Client) -> None:
    a_job(job_id="<script>alert(1)</script>", tenant="<b>acme</b>")

    page = operator.get(LIST).content.decode()

    assert "<script>alert(1)" not in page
    assert "<b>acme" not in page


def test_nobody_adds_or_deletes_jobs_by_hand(operator: Client) -> None:
    job = a_job()

    assert operator.get(reverse("admin:jobs_job_add")).status_code == 403
    assert operator.post(reverse("admin:jobs_job_delete", args=[job.pk]), {"post": "yes"}).status_code == 403
    operator.post(LIST, {"action": "delete_selected", "_selected_action": [job.pk], "post": "yes"})
    assert Job.objects.filter(pk=job.pk).exists()


def test_the_page_of_the_other_library_s_tasks_is_gone(operator: Client) -> None:
    assert "django_dramatiq" not in operator.get("/admin/").content.decode()
    assert operator.get("/admin/django_dramatiq/task/").status_code == 404
