"""One job: shown and retried."""

import pytest

from jobs.models import Job
from jobs.states import FINISHED, State
from tests.jobs.api.conftest import Caller
from tests.jobs.rows import a_job


@pytest.mark.parametrize("state", list(State))
def test_a_job_is_shown_in_every_state(caller: Caller, state: State) -> None:
    a_job(state, job_id="calc-acme-1")

    answer = caller("view_job", "view_payload").get("/api/jobs/calculation/calc-acme-1")

    assert answer.json()["state"] == state
    assert (answer.json()["finishedAt"] is not None) == (state in FINISHED)


def test_a_job_is_shown_whole_by_its_job_id_and_by_its_uuid(caller: Caller) -> None:
    job = a_job(
        State.FAILED,
        job_id="calc-acme-1",
        tenant="acme",
        priority=7,
        payload={"batchId": "1"},
        progress=33,
        error="No such batch",
        attempts=3,
    )
    client = caller("view_job", "view_payload")

    shown = client.get("/api/jobs/calculation/calc-acme-1").json()

    assert client.get(f"/api/jobs/calculation/{job.pk}").json() == shown
    assert {"createdAt", "startedAt", "finishedAt", "runAt"} <= shown.keys()
    assert {key: value for key, value in shown.items() if not key.endswith("At")} == {
        "id": str(job.pk),
        "jobId": "calc-acme-1",
        "queue": "calculation",
        "name": "process-calculation",
        "tenant": "acme",
        "state": "failed",
        "priority": 7,
        "data": {"batchId": "1"},
        "progress": 33,
        "result": None,
        "error": "No such batch",
        "attemptsMade": 3,
        "maxAttempts": 3,
    }


def test_a_completed_job_shows_its_result_and_no_error(caller: Caller) -> None:
    a_job(State.COMPLETED, job_id="j", result={"status": "SUCCESS"})

    shown = caller("view_job", "view_payload").get("/api/jobs/calculation/j").json()

    assert shown["result"] == {"status": "SUCCESS"}
    assert shown["error"] is None


def test_an_unknown_job_and_an_unknown_queue_are_told_apart(caller: Caller) -> None:
    client = caller("view_job", "view_payload")

    job = client.get("/api/jobs/calculation/nobody")
    queue = client.get("/api/jobs/nowhere/nobody")

    assert (job.status_code, job.json()["code"]) == (404, "JOB_NOT_FOUND")
    assert (queue.status_code, queue.json()["code"]) == (404, "QUEUE_NOT_FOUND")


@pytest.mark.parametrize("state", FINISHED)
def test_a_finished_job_is_brought_back(caller: Caller, state: State) -> None:
    job = a_job(state, job_id="j", attempts=3, priority=9, error="boom")

    answer = caller("change_job").post("/api/jobs/calculation/j/retry")

    job.refresh_from_db()
    assert (job.state, job.attempts, job.priority, job.error) == (State.WAITING, 0, 9, "")
    assert (answer.status_code, answer.json()["state"], answer.json()["attemptsMade"]) == (200, "waiting", 0)


def test_a_job_that_has_not_finished_is_not_retried(caller: Caller) -> None:
    a_job(State.ACTIVE, job_id="j", attempts=1)

    answer = caller("change_job").post("/api/jobs/calculation/j/retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "STALE_JOB")
    assert "active" in answer.json()["detail"]
    assert Job.objects.get().attempts == 1
