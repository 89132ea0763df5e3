"""Brings the rows of declared schedules in line with the code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import transaction

from jobs.errors import JobsError
from jobs.recurring import DECLARED, Declared
from jobs.services.schedules import keep

_PLAIN = ("missed", "missed_limit", "overlap", "jitter", "priority", "attempts")
_TIMES = ("cron", "every", "time_zone", "starts_at", "ends_at")
GONE = "the code declares it no longer"


def write_declared(declared: Iterable[Declared] | None = None, *, using: str = "default") -> dict[str, str]:
    """Add, change and retire rows; return what was wrong, by name. An operator's pause stays.

    What the code no longer declares keeps its row and history, and is never due. Safe to repeat.
    """
    schedule = apps.get_model("jobs", "Schedule")
    wanted = {one.name: one for one in (DECLARED.values() if declared is None else declared)}
    faults: dict[str, str] = {}
    with transaction.atomic(using=using):
        rows = {row.name: row for row in schedule.objects.using(using).filter(is_declared=True, tenant="")}
        for name, one in wanted.items():
            try:
                _write(rows.get(name), one, using)
            except JobsError as error:
                faults[name] = str(error)
        gone = schedule.objects.using(using).filter(is_declared=True).exclude(name__in=wanted).exclude(problem=GONE)
        gone.update(next_at=None, waits_for=None, problem=GONE)
    return faults


def _write(row: Any, one: Declared, using: str) -> None:
    """Keep the row of one declared schedule, unless it is there as declared."""
    values = _values(one)
    if row and row.problem != GONE and all(getattr(row, field) == value for field, value in values.items()):
        return
    new = row or apps.get_model("jobs", "Schedule")(name=one.name, is_declared=True)
    for name, value in values.items():
        setattr(new, name, value)
    keep(new, using=using)


def _values(one: Declared) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in _PLAIN} | {name: getattr(one.timetable, name) for name in _TIMES}
    return values | {"payload": one.payload.as_json(), "actor": one.payload.actor().actor_name, "tenant": ""}
