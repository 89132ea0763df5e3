"""Backup and restore: a database from an hour ago and an empty Redis. What was live runs again, what had ended not."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from jobs import enqueue, start_workers, stop_workers
from jobs.ids import new_id
from jobs.models import Job, Process
from tests.jobs.conftest import until
from tests.probe.actors import Note, read


def work_until_all_are_done() -> None:
    """Run workers and a caretaker until no job is left."""
    start_workers()
    try:
        until(lambda: not Job.objects.exclude(state="completed").exists(), seconds=40, what="all jobs done")
    finally:
        stop_workers()


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_with_an_empty_redis_runs_what_was_live_and_nothing_that_had_ended(
    redis: Any, tmp_path: Path, settings: Any
) -> None:
    settings.JOBS = {**settings.JOBS, "LEASE_S": 1.0}
    ledger = str(tmp_path / "ledger")
    enqueue(Note(ledger=ledger, key="ended"))
    work_until_all_are_done()
    enqueue(Note(ledger=ledger, key="waiting"))
    enqueue(Note(ledger=ledger, key="delayed"), delay=300)
    active = enqueue(Note(ledger=ledger, key="active"))
    long_ago = timezone.now() - timedelta(hours=1)
    gone = Process.objects.create(
        id=new_id(), supervisor=new_id(), host="old", pid=1, threads=1, lease_until=long_ago, queues=["calculation"]
    )
    Job.objects.filter(pk=active.id).update(
        state="active", worker=gone.pk, generation=1, attempts=1, started_at=long_ago
    )
    call_command("dumpdata", "jobs", output=str(tmp_path / "backup.json"))
    work_until_all_are_done()  # the hour after the backup, which the disaster takes back

    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    call_command("loaddata", str(tmp_path / "backup.json"), verbosity=0)
    redis.flushdb()
    work_until_all_are_done()

    runs = Counter(line["key"] for line in read(ledger) if line["event"] == "F")
    assert runs == {"ended": 1, "waiting": 2, "delayed": 2, "active": 2}
    assert Job.objects.count() == 4
