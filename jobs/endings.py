"""What an actor raises to say how its run shall end."""

from __future__ import annotations

from datetime import timedelta

import dramatiq.errors
import dramatiq.middleware

from jobs.errors import JobsError


def _milliseconds(delay: timedelta | int | None) -> int | None:
    """Return a delay in milliseconds."""
    return int(delay.total_seconds() * 1000) if isinstance(delay, timedelta) else delay


class Retry(dramatiq.errors.Retry):
    """Raised by an actor: run me again, after `delay` (milliseconds or timedelta) or the usual backoff.

    Counts as an attempt; after the last one the job is a dead letter.
    """

    def __init__(self, reason: str = "", delay: timedelta | int | None = None) -> None:
        super().__init__(reason, _milliseconds(delay))


class Fail(JobsError):
    """Raised by an actor: this job is a dead letter now, whatever attempts are left."""


class Snooze(JobsError):
    """Raised by an actor: not now, again after `delay` (milliseconds or timedelta); charges no attempt."""

    def __init__(self, delay: timedelta | int, reason: str = "") -> None:
        super().__init__(reason)
        self.delay_ms: int = _milliseconds(delay) or 0


class RateLimited(JobsError):
    """Raised by an actor: the other side wants less of us. Holds the whole queue, gives the attempt back.

    For `seconds`, or `delay` (milliseconds or timedelta). The job is the next to start then, if none precedes it.
    """

    def __init__(self, delay: timedelta | int | None = None, *, seconds: float = 0.0, reason: str = "") -> None:
        self.delay_ms: int = max(1, _milliseconds(delay) or int(seconds * 1000))
        super().__init__(reason or f"queue held for {self.delay_ms / 1000:g} s")


class Cancelled(dramatiq.middleware.Interrupt):
    """Raised in a job that somebody wants cancelled: by itself (`stop_if_cancelled`), or into it after its grace."""

    def __init__(self, reason: str = "cancelled while it ran") -> None:
        super().__init__(reason)
