"""Who works: the registry of worker processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.db.models.functions import Now

SILENT_FOR: Final = timedelta(seconds=20)
"""A process whose last beat is older is called silent: four beats are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerProcess:
    """A worker process as its last beat told; `standing` is alive, paused, silent, lost or fenced."""

    id: str
    host: str
    pid: int
    queues: list[str]
    threads: int
    busy: int
    unrecorded: int
    memory_bytes: int | None
    version: str
    started_at: datetime
    beat_at: datetime | None
    standing: str


def worker_processes() -> list[WorkerProcess]:
    """Return all registered processes, the latest first; one that has ended stays for about an hour."""
    rows = apps.get_model("jobs", "Process").objects.annotate(now=Now()).order_by("-started_at")
    return [
        WorkerProcess(
            id=str(row.pk),
            host=row.host,
            pid=row.pid,
            queues=list(row.queues),
            threads=row.threads,
            busy=row.busy,
            unrecorded=row.unrecorded,
            memory_bytes=row.memory_bytes,
            version=row.version,
            started_at=row.started_at,
            beat_at=row.beat_at,
            standing=standing(row, now=row.now),
        )
        for row in rows
    ]


def standing(row: Any, *, now: datetime) -> str:
    """Return whether a process row may claim jobs, and if not, why."""
    if row.fenced_at:
        return "fenced"
    if row.lease_until < now:
        return "lost"
    if row.paused_at:
        return "paused"
    return "silent" if row.beat_at and now - row.beat_at > SILENT_FOR else "alive"
