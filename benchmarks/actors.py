"""What the benchmarks run."""

from __future__ import annotations

import os
import time

from benchmarks.peers.stamp import PAD, record
from jobs import Fail, Payload, actor, current_job


class NoOp(Payload):
    """About 100 bytes that ask for nothing."""

    n: int
    pad: str = "x" * 78


class Stamp(Payload):
    """Asks for the time at which its body starts."""

    n: int
    into: str


class Stamped(Payload):
    """What every measured system runs; about 100 bytes."""

    n: int
    pad: str = PAD


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


class Varied(Payload):
    """Asks for a result, and now and then for progress, a log line or a failure."""

    n: int
    pad: str = "x" * 200


@actor(queue_name="calculation", actor_name="bench-varied")
def varied(payload: Varied) -> dict[str, object]:
    """Keep nothing, leave something in every table; any number of times."""
    job = current_job()
    if payload.n % 10 == 0:
        job.update_progress(payload.n % 100)
    if payload.n % 25 == 0:
        job.log(f"line of {payload.n}")
    if payload.n % 50 == 0:
        raise Fail("as told")
    return {"n": payload.n, "pad": payload.pad}


@actor(queue_name="calculation", actor_name="bench-stamped")
def stamped(payload: Stamped) -> None:
    """Note that it ran; a second record is a second run."""
    record(payload.n)
