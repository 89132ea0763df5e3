"""Schedules that code declares: kept here until the caretaker writes their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jobs.errors import InvalidSchedule
from jobs.payload import Payload
from jobs.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One declared schedule."""

    name: str
    payload: Payload
    timetable: Timetable
    missed: str
    missed_limit: int
    overlap: str
    jitter: timedelta | None
    priority: int
    attempts: int | None


DECLARED: Final[dict[str, Declared]] = {}


def schedule(
    name: str,
    payload: Payload,
    *,
    cron: str = "",
    every: timedelta | None = None,
    time_zone: str = "UTC",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    missed: str = "once",
    missed_limit: int = 10,
    overlap: str = "allow",
    jitter: timedelta | None = None,
    priority: int = 0,
    attempts: int | None = None,
) -> None:
    """Declare that a payload is enqueued at every due time; call it in an `actors.py`, below the actor.

    `missed`: skip | once | all (the latest `missed_limit`); `overlap`: allow | skip | wait | cancel. Operators can
    pause it and run it at once, the rest stays as the code says. Raises InvalidTimetable and InvalidSchedule.
    """
    if name in DECLARED and DECLARED[name].payload != payload:
        raise InvalidSchedule("name", f"{name!r} is declared twice")
    DECLARED[name] = Declared(
        name=name,
        payload=payload,
        timetable=Timetable(cron=cron, every=every, time_zone=time_zone, starts_at=starts_at, ends_at=ends_at),
        missed=missed,
        missed_limit=missed_limit,
        overlap=overlap,
        jitter=jitter,
        priority=priority,
        attempts=attempts,
    )
