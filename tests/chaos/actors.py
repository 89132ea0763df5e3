"""Actors that leave S and F in the ledger; running twice is visible there, and that is their purpose."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from jobs import Payload, Retry, actor, current_job, enqueue
from tests.chaos.failpoints import install, strike_at
from tests.chaos.ledger import note

EFFECTS = "CREATE TABLE IF NOT EXISTS chaos_effect (key text NOT NULL, pid int NOT NULL)"
install()


class Work(Payload):
    """Takes `ms`, fails on the first `failures` attempts, and may enqueue `child`, due after `child_delay` ms."""

    ledger: str
    key: str
    ms: int = 0
    failures: int = 0
    child: str = ""
    child_delay: int = 0

    def default_job_id(self) -> str:
        """Return the key: an enqueue that is tried again makes no second job."""
        return self.key


class Effect(Payload):
    """Has its effect in the database, and completes in the same transaction."""

    ledger: str
    key: str
    ms: int = 0

    def default_job_id(self) -> str:
        """Return the key."""
        return self.key


class Poison(Payload):
    """Does `what` to its process."""

    ledger: str
    key: str
    what: str

    def default_job_id(self) -> str:
        """Return the key."""
        return self.key


class Hold(Payload):
    """Keeps the GIL for `seconds`."""

    ledger: str
    key: str
    seconds: int

    def default_job_id(self) -> str:
        """Return the key."""
        return self.key


@actor(queue_name="chaos", actor_name="chaos-work")
def chaos_work(payload: Work) -> dict[str, Any]:
    """Start, work, have an effect."""
    job = current_job()
    _started(payload)
    end = time.monotonic() + payload.ms / 1000
    while time.monotonic() < end:
        time.sleep(0.005)  # the work
    strike_at("mid-job")
    if job.attempt <= payload.failures:
        raise Retry("as told", delay=300)
    if payload.child:
        with transaction.atomic():
            note(payload.ledger, "A", payload.child)
            enqueue(Work(ledger=payload.ledger, key=payload.child), delay=payload.child_delay)
        note(payload.ledger, "E", payload.child)
    note(payload.ledger, "F", payload.key, attempt=job.attempt)
    strike_at("after-effect")
    return {"key": payload.key, "ms": payload.ms}


@actor(queue_name="chaos", actor_name="chaos-effect")
def chaos_effect(payload: Effect) -> None:
    """Insert a row and complete with it: exactly once, however often it starts."""
    job = current_job()
    _started(payload)
    time.sleep(payload.ms / 1000)  # the work
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO chaos_effect (key, pid) VALUES (%s, %s)", [payload.key, os.getpid()])
        job.complete({"key": payload.key})
        strike_at("before-complete-commit")
        strike_at("during-complete-commit")
    strike_at("after-complete-commit")
    note(payload.ledger, "F", payload.key, attempt=job.attempt)


@actor(queue_name="chaos", actor_name="chaos-poison", time_limit=2_000)
def chaos_poison(payload: Poison) -> None:
    """Harm the process as told."""
    _started(payload)
    MISDEEDS[payload.what]()
    note(payload.ledger, "F", payload.key, attempt=current_job().attempt)


@actor(queue_name="chaos", actor_name="chaos-hold")
def chaos_hold(payload: Hold) -> None:
    """Let no other thread of the process run for a while, as a careless extension does."""
    _started(payload)
    ctypes.PyDLL(None).sleep(payload.seconds)  # PyDLL calls without letting go of the GIL
    note(payload.ledger, "F", payload.key, attempt=current_job().attempt)


def _started(payload: Work | Effect | Poison | Hold) -> None:
    job = current_job()
    note(payload.ledger, "S", payload.key, attempt=job.attempt, generation=job._claimed.generation)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _segfault() -> None:
    ctypes.string_at(0)


def _loop() -> None:
    while True:
        time.sleep(0)


def _ignore_limits() -> None:
    while True:
        try:
            while True:
                time.sleep(0)
        except BaseException:  # noqa: BLE001, S112  (what it is for)
            continue


def _recurse() -> None:
    _recurse()


def _eat_memory() -> None:
    """Take what there is: 256 MB more than the process has, so that no machine has to suffer."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20), limits[1]))
    try:
        eaten: list[bytearray] = []
        while True:
            eaten.append(bytearray(16 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


MISDEEDS: dict[str, Callable[[], None]] = {
    "die": _die,
    "segfault": _segfault,
    "loop": _loop,
    "ignore-limits": _ignore_limits,
    "recurse": _recurse,
    "eat-memory": _eat_memory,
}
