"""The failed jobs of a queue: listed and retried."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from jobs.models import Job
from jobs.states import State
from tests.jobs.api.conftest import Caller
from tests.jobs.rows import a_job


def failed_jobs(count: int) -> None:
    now = timezone.now()
    for number in range(count):
        a_job(State.FAILED, job_id=f"f{number}", finished_at=now + timedelta(seconds=number))


def test_the_latest_failure_comes_first(caller: Caller) -> None:
    failed_jobs(3)
    a_job(State.COMPLETED)
    a_job(State.FAILED, queue="reports")

    answer = caller("view_job").get("/api/jobs/calculation/failed")

    assert [job["jobId"] for job in answer.json()["jobs"]] == ["f2", "f1", "f0"]


def test_a_range_includes_both_ends(caller: Caller) -> None:
    failed_jobs(4)

    answer = caller("view_job").get("/api/jobs/calculation/failed", {"start": 1, "end": 2})

    assert [job["jobId"] for job in answer.json()["jobs"]] == ["f2", "f1"]


@pytest.mark.parametrize("wrong", [{"start": -1}, {"start": 5, "end": 4}, {"end": "x"}, {"start": 0, "end": 1_000}])
def test_a_range_that_makes_no_sense_is_refused(caller: Caller, wrong: dict[str, str]) -> None:
    answer = caller("view_job").get("/api/jobs/calculation/failed", wrong)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert set(answer.json()["details"]) <= {"start", "end"}
    assert answer.json()["details"]


def test_a_long_list_costs_no_more_queries(caller: Caller, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    failed_jobs(5)
    client = caller("view_job", "view_payload")

    with django_assert_num_queries(6):  # token, its limits, user, permissions of user and groups, jobs
        client.get("/api/jobs/calculation/failed")


def test_all_dead_letters_of_a_queue_are_brought_back(caller: Caller) -> None:
    failed_jobs(3)
    Job.objects.update(finished_at=timezone.now())
    other = a_job(State.FAILED, queue="reports")

    answer = caller("change_job").post("/api/jobs/calculation/retry-failed")

    assert answer.json() == {"retried": 3}
    assert Job.objects.filter(state=State.WAITING).count() == 3
    other.refresh_from_db()
    assert other.state == State.FAILED
