"""Rows that no code can read: dead letters with a reason, harmless to their neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jobs import enqueue, get_queue
from jobs.models import Job
from jobs.testing import drain
from tests.jobs.conftest import until
from tests.probe.actors import Note

BROKEN = {
    "a text": '"abc"',
    "an array": "[1, 2]",
    "null": "null",
    "a number that Python refuses": '{"key": ' + "9" * 5_000 + "}",
}


def spoil(job_id: object, payload: str) -> None:
    """Write a payload that no caller of ours could."""
    cast = "%s::jsonb" if connection.vendor == "postgresql" else "%s"
    key = str(job_id) if connection.vendor == "postgresql" else str(job_id).replace("-", "")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE jobs_job SET payload = {cast} WHERE id = %s", [payload, key])  # noqa: S608  (a constant)


@pytest.mark.django_db
@pytest.mark.parametrize("payload", BROKEN.values(), ids=BROKEN)
def test_an_unreadable_payload_makes_a_dead_letter_that_says_so(payload: str, tmp_path: Path) -> None:
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a"))
    spoil(job.id, payload)

    drain()

    row = Job.objects.defer("payload").get(pk=job.id)
    assert (row.state, row.error_type, row.attempts) == ("failed", "InvalidPayload", 1)
    assert "payload" in row.error


@pytest.mark.django_db
def test_a_dead_letter_of_an_unreadable_payload_runs_once_its_row_is_repaired(tmp_path: Path) -> None:
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a"))
    good = dict(Job.objects.get(pk=job.id).payload)
    spoil(job.id, "[]")
    drain()
    Job.objects.filter(pk=job.id).update(payload=good)

    get_queue(job.queue).retry_failed()
    drain()

    assert job.refresh().state == "completed"


@pytest.mark.django_db(transaction=True)
def test_neighbours_of_an_unreadable_payload_run(redis: Any, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    jobs = [enqueue(Note(ledger=f"{tmp_path}/ledger", key=key)) for key in "abc"]
    spoil(jobs[1].id, BROKEN["a number that Python refuses"])

    request.getfixturevalue("workers")
    until(lambda: not Job.objects.filter(finished_at=None).exists())

    states = {str(pk): state for pk, state in Job.objects.values_list("pk", "state")}
    assert [states[str(job.id)] for job in jobs] == ["completed", "failed", "completed"]
