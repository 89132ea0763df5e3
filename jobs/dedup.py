"""How equal jobs become one: what a key means while it is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from jobs.draft import check_delay, check_job_id
from jobs.errors import InvalidOption


class Mode(StrEnum):
    """Until when a key is held, and what another enqueue under it does."""

    UNTIL_DONE = "until_done"
    THROTTLE = "throttle"
    DEBOUNCE = "debounce"
    KEEP_LAST = "keep_last"


class Won(StrEnum):
    """What an enqueue under a key came to."""

    NEW = "new"
    """A job was made."""
    KEPT = "kept"
    """The job that is there stays as it is; this payload is dropped."""
    REPLACED = "replaced"
    """The job that is there has this payload now."""
    PARKED = "parked"
    """A job was made that starts once the one that runs has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedup:
    """A key, unique in its queue and tenant, and its mode; made by the functions below."""

    key: str
    mode: Mode
    window_ms: int = 0
    longest_ms: int = 0


def until_done(key: str) -> Dedup:
    """Keep the job that is there as long as it has not finished."""
    return Dedup(key=check_job_id(key), mode=Mode.UNTIL_DONE)


def throttle(key: str, window: timedelta | int) -> Dedup:
    """Keep the job that was made less than `window` (milliseconds or timedelta) ago, finished or not."""
    return Dedup(key=check_job_id(key), mode=Mode.THROTTLE, window_ms=_span("window", window))


def debounce(key: str, quiet: timedelta | int, *, longest: timedelta | int | None = None) -> Dedup:
    """Start once nobody has asked for `quiet` (milliseconds or timedelta), with the payload asked for last.

    `longest` bounds how long a job is put off in all, from when it was made.
    """
    bound = 0 if longest is None else _span("longest", longest)
    return Dedup(key=check_job_id(key), mode=Mode.DEBOUNCE, window_ms=_span("quiet", quiet), longest_ms=bound)


def keep_last(key: str) -> Dedup:
    """Run one at a time and park one behind it, which has the payload asked for last."""
    return Dedup(key=check_job_id(key), mode=Mode.KEEP_LAST)


def _span(name: str, span: timedelta | int) -> int:
    milliseconds = check_delay(span)
    if milliseconds < 1:
        raise InvalidOption(name, span, "longer than 0")
    return milliseconds
