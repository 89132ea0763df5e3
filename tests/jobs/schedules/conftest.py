"""Schedules as tests need them: made at a moment of the test's own choice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.models import Job, Schedule
from jobs.states import State
from tests.probe import actors

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""The first due time of every schedule here; all are due at full hours."""


def oclock(hour: int, minute: int = 0) -> datetime:
    """Return a time of that day."""
    return NOON.replace(hour=hour, minute=minute)


@pytest.fixture
def hourly(db: None, jobs_without_redis: None) -> Callable[..., Schedule]:
    """Hand out a function that inserts an hourly schedule, next due at noon."""

    def make(**fields: Any) -> Schedule:
        given: dict[str, Any] = {
            "name": f"s{Schedule.objects.count()}",
            "actor": actors.Note.actor().actor_name,
            "payload": {"ledger": "", "key": "{dueAt}"},
            "every": timedelta(hours=1),
            "next_at": NOON,
        }
        return Schedule.objects.create(**(given | fields))

    return make


def keys() -> list[str]:
    """Return the due times (hour and minute) whose jobs exist, in the order of the due times."""
    return sorted(str(job.payload["key"])[11:16] for job in Job.objects.all())


def end(job: Any) -> None:
    """Let a job be over."""
    Job.objects.filter(pk=job).update(state=State.COMPLETED, finished_at=NOON)
