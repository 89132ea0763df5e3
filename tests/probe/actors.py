"""Actors that show from outside what the engine does: each run leaves a line in a ledger file."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import dramatiq
from django.db import transaction

from jobs import Fail, Payload, RateLimited, Retry, Snooze, Tenant, actor, current_job, new_id
from jobs.payload import Upgrade
from jobs.services.operate import cancel


def note(ledger: str, event: str, key: str) -> None:
    """Append one line, on disk before it returns."""
    line = json.dumps({"event": event, "key": key, "pid": os.getpid(), "at": time.time()}) + "\n"
    fd = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(fd, line.encode())
        os.fsync(fd)
    finally:
        os.close(fd)


def read(ledger: str | Path) -> list[dict[str, Any]]:
    """Return the ledger's lines."""
    path = Path(ledger)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Note(Payload):
    """Writes its key into the ledger, `ms` after its start."""

    ledger: str
    key: str
    ms: int = 0
    tenant_id: str = ""


class Misbehave(Payload):
    """Does `what` on the first `times` attempts, then succeeds."""

    what: str
    times: int = 1_000
    ledger: str = ""


class Gather(Payload):
    """Returns what became of the jobs that it waited for; `fails` raises instead."""

    name: str = ""
    fails: bool = False
    tenant_id: str = ""


@actor(queue_name="reports", actor_name="probe-gather", max_retries=0)
def probe_gather(payload: Gather) -> dict[str, Any]:
    """Read only, so it may run any number of times."""
    if payload.fails:
        raise Fail("as told")
    found = current_job().children()
    return {"name": payload.name, "from": {(child.result or {}).get("name", "-"): child.ended for child in found}}


class Renamed(Payload):
    """In its second version: `title` is called `name` now, and so has its actor another name."""

    name: str

    payload_upgrades: ClassVar[Mapping[int, Upgrade]] = {1: lambda old: {"name": old["title"]}}


@actor(queue_name="reports", actor_name="probe-renamed", formerly=["probe-old-name"])
def probe_renamed(payload: Renamed) -> dict[str, Any]:
    """Keep nothing, so it may run any number of times."""
    return {"name": payload.name}


@actor(queue_name="calculation", actor_name="probe-note")
def probe_note(payload: Note) -> dict[str, Any]:
    """Leave S and F; twice is visible, and that is its purpose."""
    note(payload.ledger, "S", payload.key)
    end = time.monotonic() + payload.ms / 1000
    while time.monotonic() < end:
        time.sleep(0.005)  # the work
    note(payload.ledger, "F", payload.key)
    return {"key": payload.key}


@actor(queue_name="calculation", actor_name="probe-misbehave")
def probe_misbehave(payload: Misbehave) -> dict[str, Any]:
    """Misbehave as told; keeps nothing, so it may run any number of times."""
    job = current_job()
    if payload.ledger:
        note(payload.ledger, "S", f"{job.job_id}#{job.attempt}")
    if job.attempt <= payload.times:
        MISDEEDS[payload.what]()
    return {"attempt": job.attempt}


def _raise() -> None:
    raise ValueError("as told")


def _fail() -> None:
    raise Fail("hopeless")


def _retry() -> None:
    raise Retry("soon", delay=10)


def _snooze() -> None:
    raise Snooze(10, "not now")


def _limited() -> None:
    raise RateLimited(seconds=3_600, reason="429")


def _limited_a_little() -> None:
    raise RateLimited(100)


def _cancel_and_raise() -> None:
    cancel([current_job().id])
    raise ValueError("after its cancellation")


def _exit() -> None:
    raise SystemExit(3)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _progress() -> None:
    current_job().update_progress(33)
    current_job().log("a line")


MISDEEDS = {
    "raise": _raise,
    "fail": _fail,
    "retry": _retry,
    "snooze": _snooze,
    "limited": _limited,
    "limited a little": _limited_a_little,
    "cancel and raise": _cancel_and_raise,
    "exit": _exit,
    "die": _die,
    "progress": _progress,
}


@dramatiq.actor(queue_name="reports", max_retries=0)
def plain_add(x: int, y: int) -> int:
    """Add, as a plain Dramatiq actor; pure."""
    return x + y


class Stubborn(Payload):
    """Runs on, whatever interrupts it, for `ms`."""

    ms: int
    ledger: str


@actor(queue_name="calculation", actor_name="probe-stubborn", time_limit=500)
def probe_stubborn(payload: Stubborn) -> None:
    """Swallow every interrupt until the time is over."""
    note(payload.ledger, "S", "stubborn")
    end = time.monotonic() + payload.ms / 1000
    while time.monotonic() < end:
        try:
            time.sleep(0.01)
        except BaseException:  # noqa: BLE001, S112  (being stubborn is the purpose)
            continue


class Polite(Payload):
    """Works until it is told to stop."""

    ledger: str


@actor(queue_name="calculation", actor_name="probe-polite", cancel_grace=3_600_000)
def probe_polite(payload: Polite) -> None:
    """Look at the token, put its things away, end; keeps nothing."""
    note(payload.ledger, "S", "polite")
    while not current_job().cancel_requested:
        time.sleep(0.01)  # the work
    note(payload.ledger, "F", "put away")
    current_job().stop_if_cancelled()


class Found(Payload):
    """Founds a tenant named `name`, and completes its job in the same transaction; then does `after`."""

    name: str
    after: str = ""
    outside: bool = False


@actor(queue_name="calculation", actor_name="probe-found")
def probe_found(payload: Found) -> None:
    """Have an effect exactly once: it is committed together with the completion."""
    if payload.outside:
        current_job().complete()
    with transaction.atomic():
        Tenant.objects.create(name=payload.name, slug=f"{payload.name}-{new_id()}")
        current_job().complete({"founded": payload.name})
        if payload.after == "roll back":
            raise ValueError("after complete()")
    if payload.after == "raise":
        raise ValueError("after the commit")


class Chatter(Payload):
    """Logs `lines` lines by Python's logging, by the engine's logger and by the job itself; then fails if told to."""

    lines: int = 1
    fail: bool = False


@actor(queue_name="calculation", actor_name="probe-chatter")
def probe_chatter(payload: Chatter) -> None:
    """Say the same each time it runs."""
    attempt = current_job().attempt
    for number in range(payload.lines):
        logging.getLogger("tests.probe").warning("line %d of attempt %d", number, attempt)
    logging.getLogger("jobs.probe").warning("the engine's own")
    current_job().log("said by the job")
    if payload.fail:
        try:
            int("no number")
        except ValueError:
            logging.getLogger("tests.probe").exception("it broke")
        raise Retry(delay=1)


class Together(Payload):
    """Waits on the event loop until `count` runs wait there at the same time."""

    meeting: str
    count: int = 1
    ms: int = 0
    ledger: str = ""


_there: defaultdict[str, set[str]] = defaultdict(set)


@actor(queue_name="calculation", actor_name="probe-together")
async def probe_together(payload: Together) -> dict[str, Any]:
    """Meet others on one loop; safe to run twice."""
    job = current_job()
    if payload.ledger:
        note(payload.ledger, "S", job.job_id)
    _there[payload.meeting].add(job.id)
    while len(_there[payload.meeting]) < payload.count:  # noqa: ASYNC110  # an Event belongs to one loop
        await asyncio.sleep(0.005)
    try:
        await asyncio.sleep(payload.ms / 1000)
    finally:
        if payload.ledger:
            note(payload.ledger, "F", job.job_id)
    job.update_progress(100)
    return {"job": current_job().job_id, "loop": id(asyncio.get_running_loop())}
