"""The registry of workers: what each process tells of itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from jobs import enqueue, get_workers
from jobs.models import Process
from jobs.rows.process import fence
from jobs.worker.beat import Beat
from jobs.worker.lease import enter
from tests.jobs.conftest import Crew, until
from tests.probe.actors import Note

pytestmark = pytest.mark.django_db(transaction=True)
PROCESS = "00000000-0000-7000-8000-00000000000a"


@override_settings(JOBS={**settings.JOBS, "VERSION": "2.7.1"})
def test_the_registry_holds_what_a_process_last_told(db: None) -> None:
    enter(PROCESS, supervisor=PROCESS, queues=["reports"], threads=4)
    assert get_workers()[0].beat_at is None

    Beat(PROCESS, busy=lambda: 3, unrecorded=lambda: 17).write_if_due()

    worker = get_workers()[0]
    assert (worker.pid, worker.queues, worker.threads) == (os.getpid(), ["reports"], 4)
    assert (worker.busy, worker.unrecorded, worker.version, worker.standing) == (3, 17, "2.7.1", "alive")
    assert worker.memory_bytes is not None
    assert 10_000_000 < worker.memory_bytes < 10_000_000_000
    assert worker.beat_at is not None


def test_a_beat_is_written_every_few_seconds_not_at_every_flush(db: None) -> None:
    enter(PROCESS, supervisor=PROCESS, queues=["reports"], threads=4)
    busy = iter(range(10))
    beat = Beat(PROCESS, busy=lambda: next(busy), unrecorded=lambda: 0)

    for _ in range(3):
        beat.write_if_due()

    assert get_workers()[0].busy == 0


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({"paused_at": timezone.now()}, "paused"),
        ({"beat_at": timezone.now() - timedelta(minutes=1)}, "silent"),
        ({"lease_until": timezone.now() - timedelta(minutes=1)}, "lost"),
    ],
)
def test_the_registry_tells_how_a_process_stands(db: None, fields: dict[str, object], standing: str) -> None:
    enter(PROCESS, supervisor=PROCESS, queues=["reports"], threads=4)

    Process.objects.filter(pk=PROCESS).update(**fields)

    assert get_workers()[0].standing == standing


def test_a_fenced_process_is_registered_as_fenced(db: None) -> None:
    enter(PROCESS, supervisor=PROCESS, queues=["reports"], threads=4)

    fence(connection, PROCESS)

    assert get_workers()[0].standing == "fenced"


def test_a_real_worker_process_registers_itself_and_its_work(crew: Callable[..., Crew], tmp_path: Path) -> None:
    one = crew("--processes", "1", "--threads", "2")
    enqueue(Note(ledger=f"{tmp_path}/ledger", key="a", ms=60_000))

    worker = until(lambda: next((w for w in get_workers() if w.busy == 1), None), what="a busy worker")

    assert worker.pid in one.worker_pids()
    assert worker.threads == 2
    assert worker.queues == ["calculation"]
    one.kill()
