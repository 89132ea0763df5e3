"""What the benchmarks run."""

from __future__ import annotations

import os
import time

from jobs import Payload, actor


class NoOp(Payload):
    """About 100 bytes that ask for nothing."""

    n: int
    pad: str = "x" * 78


class Stamp(Payload):
    """Asks for the time at which its body starts."""

    n: int
    into: str


@actor(queue_name="calculation", actor_name="bench-noop")
def noop(payload: NoOp) -> None:
    """Do nothing; any number of times."""


@actor(queue_name="calculation", actor_name="bench-stamp")
def stamp(payload: Stamp) -> None:
    """Append "n time" of CLOCK_MONOTONIC; a second line is a second run."""
    line = f"{payload.n} {time.monotonic()}\n".encode()
    fd = os.open(payload.into, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, line)
    os.close(fd)
