"""Who may look, and who may retry."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from knox.models import AuthToken
from rest_framework.test import APIClient

from jobs.models import Job
from jobs.states import State
from tests.jobs.api.conftest import Caller
from tests.jobs.rows import a_job

READS = ["/api/jobs/metrics", "/api/jobs/calculation/j", "/api/jobs/calculation/failed"]
RETRIES = ["/api/jobs/calculation/j/retry", "/api/jobs/calculation/retry-failed"]


@pytest.mark.parametrize("path", READS)
def test_without_credentials_nothing_is_read(db: None, path: str) -> None:
    answer = APIClient().get(path)

    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", RETRIES)
def test_without_credentials_nothing_is_retried(db: None, path: str) -> None:
    assert APIClient().post(path).status_code == 401


@pytest.mark.parametrize("token", ["made-up", "a" * 64])
def test_an_unknown_token_is_refused(db: None, token: str) -> None:
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")

    assert client.get(READS[0]).status_code == 401


def test_a_token_that_has_run_out_is_refused(db: None) -> None:
    _, token = AuthToken.objects.create(User.objects.create_superuser("root"), timedelta(seconds=-1))

    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {token}").get(READS[0]).status_code == 401


@pytest.mark.parametrize("path", READS)
def test_a_user_without_permission_reads_nothing(caller: Caller, path: str) -> None:
    answer = caller().get(path)

    assert (answer.status_code, answer.json()["code"], answer.json()["error"]) == (403, "FORBIDDEN", "Forbidden")


@pytest.mark.parametrize("path", RETRIES)
def test_to_read_is_not_to_retry(caller: Caller, path: str) -> None:
    a_job(State.FAILED, job_id="j")

    answer = caller("view_job").post(path)

    assert answer.status_code == 403
    assert Job.objects.get().state == State.FAILED


@pytest.mark.parametrize("path", READS)
def test_a_member_without_a_leading_role_reads_no_jobs(caller: Caller, path: str) -> None:
    assert caller(acme="MEMBER").get(path).status_code == 403


def test_a_tenant_s_admin_sees_and_retries_the_tenant_s_jobs_only(caller: Caller) -> None:
    a_job(State.FAILED, job_id="ours", tenant="acme")
    a_job(State.FAILED, job_id="theirs", tenant="umbrella")
    a_job(State.FAILED, job_id="nobody's")
    client = caller(acme="ADMIN", umbrella="MEMBER")

    listed = client.get("/api/jobs/calculation/failed").json()["jobs"]
    retried = client.post("/api/jobs/calculation/retry-failed").json()

    assert [job["jobId"] for job in listed] == ["ours"]
    assert retried == {"retried": 1}
    assert [job.job_id for job in Job.objects.filter(state=State.WAITING)] == ["ours"]
    assert client.get("/api/jobs/calculation/ours").status_code == 200


def test_another_tenant_s_job_is_like_one_that_does_not_exist(caller: Caller) -> None:
    a_job(State.FAILED, job_id="theirs", tenant="umbrella")
    client = caller(acme="OWNER")

    theirs = client.get("/api/jobs/calculation/theirs")
    nobodys = client.get("/api/jobs/calculation/nobodys")
    retry = client.post("/api/jobs/calculation/theirs/retry")

    assert theirs.status_code == nobodys.status_code == retry.status_code == 404
    assert theirs.json()["detail"].replace("theirs", "") == nobodys.json()["detail"].replace("nobodys", "")


def test_a_session_needs_its_csrf_token_to_retry(db: None) -> None:
    a_job(State.FAILED, job_id="j")
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("root"))

    assert client.post("/api/jobs/calculation/j/retry").status_code == 403
    assert Job.objects.get().state == State.FAILED
