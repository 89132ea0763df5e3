"""Says of schedules when they run, ran last, and whether they run at all."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jobs.errors import InvalidTimetable
from jobs.timetable import distance

if TYPE_CHECKING:
    from jobs.models import Schedule


def says(schedule: Schedule) -> str:
    """Return the timetable in words, or what is wrong with it."""
    try:
        return schedule.timetable.words()
    except InvalidTimetable as error:
        return str(error)


def standing(schedule: Schedule) -> str:
    """Return paused, broken, over (nothing is due any more), waiting (for the run before) or active."""
    if schedule.paused_at:
        return "paused"
    if schedule.problem:
        return "broken"
    if schedule.waits_for:
        return "waiting"
    return "active" if schedule.next_at else "over"


def next_words(schedule: Schedule, now: datetime) -> str:
    """Return when it runs next: "in 5 minutes (2026-11-24 13:00 Europe/Berlin)"."""
    if schedule.paused_at:
        return "when it is resumed"
    if schedule.waits_for:
        return "once the run before has ended"
    return _words(schedule, schedule.next_at, now) if schedule.next_at else "never again"


def last_words(schedule: Schedule, now: datetime) -> str:
    """Return for which time it ran last."""
    return _words(schedule, schedule.last_at, now) if schedule.last_at else "never yet"


def _words(schedule: Schedule, moment: datetime, now: datetime) -> str:
    local = moment.astimezone(schedule.timetable.zone)
    return f"{distance(moment, now)} ({local:%Y-%m-%d %H:%M:%S} {schedule.time_zone})"
