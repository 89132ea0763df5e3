"""Sends ids to Redis once their rows are committed."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import redis
from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.conf import jobs_settings
from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.entries import Entry
from jobs.dispatch.publish import publish

logger = logging.getLogger("jobs.dispatch")


@lru_cache(maxsize=1)
def dispatcher() -> Dispatcher:
    """Return this process's dispatcher; its pool opens connections on first use."""
    return Dispatcher(settings.REDIS_URL, prefix=jobs_settings().prefix)


def send(entries: Sequence[Entry], *, replace_known: bool = False) -> bool:
    """Tell Redis; an error is logged, not raised: the rows are committed and the patrol sends them later."""
    if not jobs_settings().dispatch:
        return False
    try:
        dispatcher().add(entries, replace=replace_known)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis did not take %d jobs (%s); the patrol will send them.", len(entries), error)
        return False
    return True


class Outbox:
    """The entries of one transaction (or savepoint), sent together after its commit."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.made_at = time.monotonic()
        self.replace_known = False

    def __call__(self) -> None:
        """Send what the transaction has left here; delays have run since the rows were inserted."""
        elapsed = int((time.monotonic() - self.made_at) * 1000)
        if elapsed:
            self.entries = [
                replace(e, delay_ms=max(0, e.delay_ms - elapsed)) if e.delay_ms else e for e in self.entries
            ]
        send(self.entries, replace_known=self.replace_known)


def send_on_commit(connection: BaseDatabaseWrapper, entries: Sequence[Entry], *, replace_known: bool = False) -> None:
    """Send entries when the transaction commits, in one script a queue with the others of the same savepoint."""
    if not entries:
        return
    hooks = connection.run_on_commit
    if hooks and connection.in_atomic_block:
        savepoints, last = hooks[-1][0], hooks[-1][1]
        fits = isinstance(last, Outbox) and last.replace_known == replace_known
        if fits and savepoints == set(connection.savepoint_ids):
            last.entries.extend(entries)  # type: ignore[attr-defined]
            return
    outbox = Outbox()
    outbox.replace_known = replace_known
    outbox.entries.extend(entries)
    transaction.on_commit(outbox, using=connection.alias)


def move(entries: Sequence[Entry]) -> None:
    """Put entries where their changed rows belong; an error is only logged: a claim goes by the row."""
    if not jobs_settings().dispatch:
        return
    try:
        dispatcher().move(entries)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis did not move %d entries (%s); the patrol will.", len(entries), error)


def remove(queue: str, ids: Sequence[str]) -> None:
    """Take ids out of Redis; an error is only logged: a claim of theirs would return nothing."""
    if not jobs_settings().dispatch:
        return
    try:
        dispatcher().remove(queue, ids)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis did not remove %d entries (%s); their claims will find nothing.", len(ids), error)


def announce(events: Sequence[tuple[str, str, str]]) -> None:
    """Publish (job's id, event, queue); an error is only logged: listeners that must know read the rows."""
    if not (jobs_settings().dispatch and events):
        return
    try:
        publish(dispatcher(), events)
    except (redis.RedisError, OSError) as error:
        logger.warning("%d events were not published (%s)", len(events), error)


def tell(process: str, order: str) -> None:
    """Give a process an order; an error is only logged: it reads its rows before every beat."""
    if not jobs_settings().dispatch:
        return
    try:
        dispatcher().tell(process, order)
    except (redis.RedisError, OSError) as error:
        logger.warning("Process %s was not told %s (%s); its next beat finds out.", process, order, error)
