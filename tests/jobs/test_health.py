"""Probes: what web, workers and caretaker tell an orchestrator, and what systemd hears."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from jobs.ids import new_id
from jobs.models import Process
from jobs.services import readiness
from jobs_project.local.ports import claim_port
from tests.jobs.conftest import Crew, until

ANY_HOST = {"HTTP_HOST": "10.1.2.3:8000"}
WELL = {"database": "ok", "redis": "ok", "migrations": "ok", "outcomes": "ok"}


@pytest.fixture
def service_manager() -> Iterator[socket.socket]:
    """Hand out a socket as systemd's for a service; a short path, as such addresses have little room."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"{folder}/notify")
        manager.settimeout(30)
        yield manager


def ask(port: int, path: str) -> tuple[int, Any]:
    """Return status and body; 0 while nobody listens."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)
    except (URLError, ConnectionError):
        return 0, None


def test_livez_asks_nobody_and_takes_any_host(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get("/livez", **ANY_HOST)  # type: ignore[arg-type]

    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_readyz_is_well_with_database_redis_migrations_and_no_outcomes_waiting(client: Client, redis: Any) -> None:
    answer = client.get("/readyz", **ANY_HOST)  # type: ignore[arg-type]

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "checks": WELL})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.django_db
def test_readyz_tells_of_a_redis_that_is_away_and_can_leave_it_out(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/readyz")
    without = client.get("/readyz?exclude=redis")

    assert (answer.status_code, answer.json()["checks"]) == (503, {**WELL, "redis": "failed"})
    assert without.status_code == 200


@pytest.mark.django_db
def test_readyz_tells_of_a_migration_that_is_not_applied(client: Client, redis: Any) -> None:
    readiness._migrated.clear()
    (latest,) = MigrationLoader(connection).graph.leaf_nodes("jobs")
    MigrationRecorder(connection).record_unapplied(*latest)

    before = client.get("/readyz").json()
    found = readiness.readiness()["migrations"].said
    MigrationRecorder(connection).record_applied(*latest)
    after = client.get("/readyz").json()

    assert (before["ready"], before["checks"]["migrations"]) == (False, "failed")
    assert "jobs." in found
    assert after["ready"]


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "status"), [(1, 503), (-1, 200)])
def test_readyz_tells_of_outcomes_that_wait_in_a_living_process(
    minutes: int, status: int, client: Client, redis: Any
) -> None:
    until_when = timezone.now() + timedelta(minutes=minutes)
    ids = {"id": new_id(), "supervisor": new_id()}
    Process.objects.create(**ids, host="h", pid=1, threads=1, lease_until=until_when, unrecorded=10_001)

    assert client.get("/readyz").status_code == status


def test_readyz_answers_without_a_database() -> None:
    dead = {"DATABASE_URL": "postgres://127.0.0.1:1/none", "DATABASE_POOL_SIZE": "0"}
    code = (
        "import django; django.setup(); from jobs.services.readiness import readiness; "
        "print(*(name for name, finding in readiness().items() if not finding.ok))"
    )

    said = subprocess.run([sys.executable, "-c", code], env={**os.environ, **dead}, capture_output=True, check=True)

    assert said.stdout.decode().split() == ["database", "migrations", "outcomes"]


@pytest.mark.django_db(transaction=True)
def test_a_supervisor_tells_of_its_workers_by_http_and_to_systemd(
    crew: Callable[..., Crew], child_environment: dict[str, str], service_manager: socket.socket
) -> None:
    port = claim_port()
    child_environment |= {"WORKER_ADDRESS": f"127.0.0.1:{port}", "NOTIFY_SOCKET": service_manager.getsockname()}

    supervisor = crew("--processes", "1")
    until(lambda: ask(port, "/readyz")[0] == 200, what="a worker that takes jobs")

    assert ask(port, "/livez") == (200, {"alive": True})
    assert service_manager.recv(100) == b"READY=1"
    assert service_manager.recv(100) == b"WATCHDOG=1"

    os.kill(supervisor.worker_pids()[0], signal.SIGKILL)
    until(lambda: ask(port, "/readyz") == (503, {"ready": False}), what="the missing worker")
    supervisor.stop()

    while service_manager.recv(100) != b"STOPPING=1":
        pass  # the watchdog's; a stop that is not told of ends in the socket's time-out


@pytest.mark.django_db(transaction=True)
def test_a_caretaker_of_its_own_tells_that_it_lives(child_environment: dict[str, str], tmp_path: Path) -> None:
    port = claim_port()
    command = [sys.executable, "manage.py", "jobs_caretaker"]
    with subprocess.Popen(command, env={**child_environment, "WORKER_ADDRESS": f"127.0.0.1:{port}"}) as caretaker:
        until(lambda: ask(port, "/readyz")[0] == 200, what="the caretaker")
        alive = ask(port, "/livez")
        caretaker.terminate()
        code = caretaker.wait(20)

    assert alive == (200, {"alive": True})
    assert code == 0
