"""A job in the hands of the process that claimed it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import dramatiq


def awake_clock() -> float:
    """Return seconds of a clock that also counts the time a machine is suspended, where there is one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True, kw_only=True)  # one a job: frozen would cost 2 us more
class Claimed:
    """What a claim returned. (`worker`, `generation`) is the fence; `claimed_at` is read before the claim was sent."""

    id: str
    queue: str
    actor: str
    job_id: str
    tenant: str
    generation: int
    attempt: int
    max_attempts: int
    suspect: bool
    priority: int
    payload: dict[str, Any]
    options: dict[str, Any]
    claimed_at: float
    in_flow: bool = False
    """Whether other jobs may wait for it."""
    waited_ms: float = 0.0
    """From when it was due until its claim."""
    unreadable: str = ""
    """Why the row's payload or options cannot be read; the job fails with it, and no actor sees it."""

    @property
    def group(self) -> str:
        """The group whose fair share it takes, empty for none."""
        return str(self.options.get("group", ""))

    @property
    def name(self) -> str:
        """What logs call the job."""
        return self.job_id

    def message(self, *, typed: bool) -> dramatiq.Message[Any]:
        """Return the message that Dramatiq's hooks see; `typed` payloads are its keywords as a whole."""
        return dramatiq.Message(
            queue_name=self.queue,
            actor_name=self.actor,
            args=() if typed else tuple(self.payload.get("args", ())),
            kwargs=self.payload if typed else self.payload.get("kwargs", {}),
            options={**self.options, "attempt": self.attempt, "max_attempts": self.max_attempts},
            message_id=self.id,
        )
