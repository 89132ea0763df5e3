"""What a schedule does at its due times, as far as it is arithmetic: missed times, jitter, places in the payload."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from jobs.canonical import timestamp
from jobs.timetable import Timetable

GRACE: Final = timedelta(minutes=1)
"""A due time is missed if nobody came for so long, or if a later one has come as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Due times that make a job, oldest first; how many do not, and the latest of these."""

    fire: list[datetime]
    missed: int
    last_missed: datetime | None
    next_at: datetime | None


def plan(timetable: Timetable, first: datetime, now: datetime, *, missed: str, limit: int) -> Plan:
    """Return what follows at `now` for a schedule whose next due time was `first`."""
    dues, count = timetable.until(first, now, latest=limit + 1 if missed == "all" else 2)
    if missed == "skip":
        fire = [due for due in dues[-1:] if now - due <= GRACE]
    else:
        fire = dues[-limit:] if missed == "all" else dues[-1:]
    left = [due for due in dues if due not in fire]
    return Plan(
        fire=fire, missed=count - len(fire), last_missed=left[-1] if left else None, next_at=timetable.after(now)
    )


def put_off(key: str, due: datetime, jitter: timedelta | None) -> timedelta:
    """Return by how much a run is put off: by chance, but the same for whoever asks."""
    if not jitter:
        return timedelta()
    digest = hashlib.sha256(f"{key} {timestamp(due)}".encode()).digest()
    return jitter * (int.from_bytes(digest[:6], "big") / 2**48)


def fill(values: Any, due: datetime, zone: ZoneInfo) -> Any:
    """Return a payload with the due time (`{dueAt}`) and its day in the schedule's zone (`{dueDate}`) in place."""
    if isinstance(values, Mapping):
        return {name: fill(value, due, zone) for name, value in values.items()}
    if isinstance(values, list):
        return [fill(value, due, zone) for value in values]
    if values == "{dueAt}":
        return timestamp(due)
    return due.astimezone(zone).date().isoformat() if values == "{dueDate}" else values
