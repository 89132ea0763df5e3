"""Jobs, operations and queues over HTTP: found by the filter language, acted on through the services."""

from __future__ import annotations

import pytest

from jobs.models import Attempt, Job, JobLog, Operation, QueueConfig
from jobs.services.operations import finish
from jobs.states import State
from tests.jobs.api.conftest import Caller
from tests.jobs.rows import a_job

JOBS = "/api/jobs/"
OPERATIONS = "/api/jobs/operations"


def test_jobs_are_listed_by_the_filter_language_in_pages(caller: Caller) -> None:
    for number in range(3):
        a_job(State.FAILED, job_id=f"f-{number}", tenant="acme")
    a_job(State.WAITING, job_id="w", tenant="acme")
    a_job(State.FAILED, job_id="theirs", tenant="umbrella")
    client = caller(acme="ADMIN")

    first = client.get(JOBS, {"filter": "state:failed", "limit": "2"}).json()
    second = client.get(JOBS, {"filter": "state:failed", "limit": "2", "after": str(first["next"])}).json()

    assert [job["jobId"] for job in first["jobs"] + second["jobs"]] == ["f-2", "f-1", "f-0"]
    assert second["next"] is None


@pytest.mark.parametrize("text", ["state:lost", "nonsense", "id:x", 'error:"', "a\0b", "since:9999999d"])
def test_a_filter_that_cannot_be_read_is_a_problem_with_its_place(caller: Caller, text: str) -> None:
    answer = caller("view_job").get(JOBS, {"filter": text})

    assert answer.status_code == 400
    assert answer.json()["code"] in {"INVALID_FILTER", "INVALID_INPUT"}


def test_a_viewer_sees_jobs_without_what_they_carry_and_others_without_secrets(caller: Caller) -> None:
    a_job(State.COMPLETED, job_id="j", payload={"batchId": "b", "password": "very-secret"}, result={"n": 1})

    viewer = caller("view_job").get("/api/jobs/calculation/j").json()
    operator = caller("view_job", "view_payload").get("/api/jobs/calculation/j").json()

    assert (viewer["data"], viewer["result"], viewer["state"]) == (None, None, "completed")
    assert operator["data"]["batchId"] == "b"
    assert "very-secret" not in str(operator)


def test_a_job_is_cancelled_promoted_and_edited_once(caller: Caller) -> None:
    client = caller("view_job", "change_job")
    delayed = a_job(State.DELAYED, job_id="d", run_at="2100-01-01T00:00Z")
    one = "/api/jobs/calculation/d"

    promoted = client.post(f"{one}/promote", {"reason": "urgent"})
    again = client.post(f"{one}/promote")
    edited = client.patch(one, {"priority": 7})
    cancelled = client.post(f"{one}/cancel", {"reason": "not needed"})
    too_late = [client.post(f"{one}/cancel"), client.patch(one, {"priority": 8})]

    assert (promoted.json()["state"], edited.json()["priority"], cancelled.json()["state"]) == (
        "waiting",
        7,
        "cancelled",
    )
    assert [answer.status_code for answer in (again, *too_late)] == [409, 409, 409]
    assert Job.objects.get(pk=delayed.pk).cancel_reason == "not needed"


def test_the_runs_and_the_log_of_a_job_are_told(caller: Caller) -> None:
    job = a_job(State.FAILED, job_id="j", tenant="acme")
    Attempt.objects.create(job=job, number=1, generation=1, outcome="failed", error_type="E", error="boom")
    JobLog.objects.create(job=job, attempt=1, line="hello")
    client = caller(acme="ADMIN")

    attempts = client.get("/api/jobs/calculation/j/attempts").json()["attempts"]
    logs = client.get("/api/jobs/calculation/j/logs").json()["logs"]

    assert [(one["number"], one["error"]) for one in attempts] == [(1, "boom")]
    assert [line["line"] for line in logs] == ["hello"]
    assert caller(umbrella="ADMIN").get("/api/jobs/calculation/j/logs").status_code == 404


def test_an_operation_is_counted_first_then_started_watched_and_stopped(caller: Caller) -> None:
    for state in (State.WAITING, State.FAILED):
        a_job(state, tenant="acme")
    a_job(State.FAILED, tenant="umbrella", job_id="theirs")
    client = caller(acme="ADMIN")
    asked = {"action": "retry", "filter": "queue:calculation", "reason": "the vendor is back"}

    dry = client.post(OPERATIONS, asked | {"dryRun": True})
    begun = Operation.objects.count()
    started = client.post(OPERATIONS, asked)
    where = started.headers["location"]

    assert (dry.status_code, dry.json()["total"], dry.json()["eligible"], begun) == (200, 2, 1, 0)
    assert (started.status_code, started.json()["total"]) == (202, 2)
    assert caller(umbrella="ADMIN").get(where).status_code == 404
    assert caller(umbrella="ADMIN").post(f"{where}/stop").status_code == 404

    finish(Operation.objects.get())

    assert client.get(where).json()["done"] == 1
    assert [one["id"] for one in client.get(OPERATIONS).json()["operations"]] == [started.json()["id"]]
    assert client.post(f"{where}/stop").json()["code"] == "OPERATION_OVER"
    assert Job.objects.get(job_id="theirs").state == State.FAILED


@pytest.mark.parametrize("wrong", [{"action": "explode"}, {"perSecond": 0}, {"stopAbove": 2}, {"action": "priority"}])
def test_an_operation_that_cannot_be_is_refused(caller: Caller, wrong: dict[str, object]) -> None:
    answer = caller("view_job", "change_job").post(OPERATIONS, {"action": "retry", "filter": ""} | wrong)

    assert answer.status_code == 400
    assert not Operation.objects.exists()


def test_queues_are_paused_limited_and_shown(caller: Caller) -> None:
    client = caller("view_job", "change_queueconfig")
    one = "/api/jobs/queues/reports"

    paused = client.post(f"{one}/pause", {"reason": "maintenance"}).json()
    limited = client.patch(one, {"maxStarts": 5, "windowMs": 1000, "maxActive": 2}).json()
    client.post(f"{one}/resume")
    lifted = client.patch(one, {"maxStarts": None, "windowMs": None, "maxActive": None}).json()
    shown = {queue["queue"]: queue for queue in client.get("/api/jobs/queues").json()["queues"]}

    assert paused["paused"]
    assert (limited["maxStarts"], limited["windowMs"], limited["maxActive"]) == (5, 1000, 2)
    assert (lifted["maxStarts"], lifted["maxActive"]) == (None, None)
    assert not shown["reports"]["paused"]
    assert client.patch(one, {"maxStarts": 5}).status_code == 400
    assert client.post("/api/jobs/queues/none/pause").status_code == 404
    assert caller(acme="OWNER").post(f"{one}/pause").status_code == 403
    assert QueueConfig.objects.get(queue="reports").paused_at is None


def test_dead_letters_come_in_groups_of_the_caller_s_tenants(caller: Caller) -> None:
    for number, tenant in enumerate(("acme", "acme", "umbrella")):
        a_job(State.FAILED, job_id=f"d{number}", tenant=tenant, fingerprint="f", error_type="E", error="boom")

    ours = caller(acme="ADMIN").get("/api/jobs/dead-letters").json()["groups"]

    assert [(group["count"], group["tenants"]) for group in ours] == [(2, {"acme": 2})]


def test_alerts_are_for_the_whole_installation(caller: Caller) -> None:
    assert caller("view_job").get("/api/jobs/alerts").json() == {"alerts": []}
    assert caller(acme="OWNER").get("/api/jobs/alerts").status_code == 403
