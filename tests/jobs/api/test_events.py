"""Events over HTTP: what a stream holds and for whom, and what the shipped server does with slow readers."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from knox.models import AuthToken

from jobs.api.events import STREAMS
from jobs.dispatch.publish import publish
from jobs.models import Job
from jobs.services.dispatching import dispatcher
from jobs_project.local.commands import serve
from tests.jobs.api.conftest import Caller
from tests.jobs.conftest import until
from tests.jobs.rows import a_job

pytestmark = pytest.mark.django_db(transaction=True)  # a stream closes its connection between events
Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture(autouse=True)
def real_redis(redis: Any, settings: Any, plain_http: None) -> None:
    settings.JOBS = {**settings.JOBS, "DISPATCH": True}


def tell(*jobs: tuple[Job, str]) -> None:
    publish(dispatcher(), [(str(job.pk), name, job.queue) for job, name in jobs])


def first(answer: Any, count: int) -> tuple[Told, str]:
    """Return the first `count` events of a stream and the last id, then close it."""
    told: Told = []
    place = ""
    for chunk in answer.streaming_content:
        for block in chunk.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in lines:
                told.append((lines["event"], json.loads(lines["data"])))
                place = lines["id"]
        if len(told) >= count:
            break
    answer._iterator.close()
    return told, place


def test_a_stream_holds_events_of_all_queues_in_the_user_s_form(caller: Caller) -> None:
    answer = caller("view_job").get("/api/jobs/events", HTTP_ACCEPT="text/event-stream")
    tell((a_job("completed", job_id="a", result={"n": 1}), "completed"))
    tell((a_job("failed", job_id="b", queue="reports", error="no"), "failed"))

    told, _ = first(answer, 2)

    assert answer["content-type"] == "text/event-stream"
    assert sorted(told) == [
        ("completed", {"queue": "calculation", "jobId": "a", "returnvalue": {"n": 1}}),
        ("failed", {"queue": "reports", "jobId": "b", "failedReason": "no"}),
    ]


@pytest.mark.parametrize("by", ["header", "parameter"])
def test_a_stream_goes_on_behind_the_last_event(caller: Caller, by: str) -> None:
    client = caller("view_job")
    answer = client.get("/api/jobs/events")
    tell((a_job(job_id="a"), "waiting"), (a_job(job_id="b"), "waiting"))
    told, _ = first(answer, 2)
    newest: Any = dispatcher().client.xrevrange(dispatcher().keys("calculation").events, count=1)
    place = f"calculation={newest[0][0]}:1,reports=0-0"
    tell((a_job(job_id="c", queue="reports"), "waiting"))

    again = (
        client.get("/api/jobs/events", HTTP_LAST_EVENT_ID=place)
        if by == "header"
        else client.get("/api/jobs/events", {"lastEventId": place})
    )

    assert [data["jobId"] for _, data in told] == ["a", "b"]
    assert [data["jobId"] for _, data in first(again, 2)[0]] == ["b", "c"]


def test_an_event_s_id_tells_no_place_ahead_of_it(caller: Caller) -> None:
    client = caller("view_job")
    answer = client.get("/api/jobs/events")
    tell((a_job(job_id="a"), "waiting"), (a_job(job_id="b", queue="reports"), "waiting"))
    told, _ = first(answer, 2)
    answer = client.get("/api/jobs/events", {"lastEventId": "calculation=0-0,reports=0-0"})
    chunks: Any = answer._iterator  # type: ignore[attr-defined]  # the stubs know no streams
    next(chunks)
    ids = [line[4:] for line in next(chunks).decode().splitlines() if line.startswith("id: ")]
    chunks.close()

    again = client.get("/api/jobs/events", {"lastEventId": ids[0]})

    assert len(told) == 2
    assert [data["jobId"] for _, data in first(again, 1)[0]] == [told[1][1]["jobId"]]


def test_a_tenant_s_admin_gets_events_of_the_tenant_only(caller: Caller) -> None:
    answer = caller(acme="ADMIN").get("/api/jobs/events")
    tell(
        (a_job(job_id="theirs", tenant="other"), "waiting"),
        (a_job(job_id="nobody's"), "waiting"),
        (a_job(job_id="ours", tenant="acme"), "waiting"),
    )

    assert first(answer, 1)[0] == [("waiting", {"queue": "calculation", "jobId": "ours"})]


@pytest.mark.parametrize("wanted", [{"jobId": "b"}, {"tenant": "acme"}, {"queue": "reports"}])
def test_events_are_narrowed_by_job_tenant_and_queue(caller: Caller, wanted: dict[str, str]) -> None:
    answer = caller("view_job").get("/api/jobs/events", wanted)
    tell((a_job(job_id="a"), "waiting"), (a_job(job_id="b", tenant="acme", queue="reports"), "waiting"))

    assert [data["jobId"] for _, data in first(answer, 1)[0]] == ["b"]


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({"queue": "unknown"}, 404), ({"lastEventId": "calculation=x"}, 400), ({"tenant": "other"}, 403)],
)
def test_a_wrong_request_for_events_is_a_problem_and_holds_no_place(
    caller: Caller, wanted: dict[str, str], status: int
) -> None:
    client = caller(acme="ADMIN")

    answers = [client.get("/api/jobs/events", wanted).status_code for _ in range(6)]

    assert answers == [status] * 6


def test_events_are_for_whoever_may_see_jobs(caller: Caller) -> None:
    assert caller().get("/api/jobs/events").status_code == 403
    assert caller(acme="MEMBER").get("/api/jobs/events").status_code == 403


def test_a_fifth_stream_of_events_is_asked_to_come_back(caller: Caller) -> None:
    client = caller("view_job")
    open_ones = [client.get("/api/jobs/events") for _ in range(4)]

    refused = client.get("/api/jobs/events")

    assert refused.status_code == 503
    assert refused["Retry-After"] == "5"
    for answer in open_ones:
        answer.close()
        answer.close()
    assert [STREAMS.acquire(blocking=False) for _ in range(5)] == [True] * 4 + [False]
    STREAMS.release(4)


@pytest.fixture
def server(child_environment: dict[str, str]) -> Iterator[str]:
    """Run the shipped web server, one worker, on this test's database and Redis."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {**child_environment, "DJANGO_SETTINGS_MODULE": "tests.settings", "HTTPS": "false", "DEBUG": "true"}
    popen = subprocess.Popen([*serve(address), "--workers", "1"], env=environment, start_new_session=True)
    try:
        until(lambda: _answers(address), what="the web server")
        yield address
    finally:
        popen.terminate()
        popen.wait(30)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"http://{address}/api/jobs/events", timeout=5).status_code == 401
    except (requests.ConnectionError, requests.Timeout):  # it listens before its worker has imported the project
        return False


def test_the_server_streams_events_and_drops_readers_that_do_not_read(server: str) -> None:
    _, token = AuthToken.objects.create(User.objects.create_superuser("root"))
    job = a_job("completed", job_id="a", result="x" * 200)
    headers = {"Authorization": f"Bearer {token}"}
    url = f"http://{server}/api/jobs/events"
    with requests.get(url, headers=headers, stream=True, timeout=20) as answer:
        lines = answer.iter_lines()
        assert next(lines) == b"retry: 1000"
        tell((job, "completed"))
        told = [next(lines) for _ in range(4)]
    assert told[2] == b"event: completed"

    slow = [_silent_reader(server, token) for _ in range(4)]
    until(lambda: _opens(url, headers) == 503, what="all places to be taken")
    for _ in range(60):
        tell(*[(job, "completed")] * 1_000)

    until(lambda: _opens(url, headers) == 200, seconds=60, what="a slow reader to be dropped")

    for reader in slow:
        reader.close()


def _silent_reader(server: str, token: str) -> socket.socket:
    host, _, port = server.partition(":")
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    reader.connect((host, int(port)))
    head = f"GET /api/jobs/events HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {token}\r\n\r\n"
    reader.sendall(head.encode())
    return reader


def _opens(url: str, headers: dict[str, str]) -> int:
    with requests.get(url, headers=headers, stream=True, timeout=20) as answer:
        return answer.status_code
