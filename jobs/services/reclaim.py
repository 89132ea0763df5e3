"""Takes the jobs of lost processes back (protocol.md, Lost processes)."""

from __future__ import annotations

import logging

import redis
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.conf import jobs_settings
from jobs.dispatch.entries import Entry
from jobs.rows.dialect import bound_transaction
from jobs.rows.process import fence, is_alive
from jobs.rows.reclaim import reclaim as reclaim_rows
from jobs.rows.standing import held
from jobs.services.dispatching import announce, dispatcher, send
from jobs.services.queues import queue_names
from jobs.states import FINISHED, State

logger = logging.getLogger("jobs.reclaim")
STEP = 500


def reclaim(connection: BaseDatabaseWrapper, process: str, *, only_overdue: bool = False, died: bool = False) -> int:
    """Fence a process and hand its running jobs back; return how many. Any number of callers may do so at once.

    `died`: its supervisor has seen it die, so one of its jobs may have killed it (ADR 0004).
    """
    fenced = fence(connection, process, only_overdue=only_overdue)
    if only_overdue and not fenced and is_alive(connection, process):
        return 0
    total = 0
    while True:
        ids = sorted(held(connection, process))[:STEP]
        if not ids:
            break
        with transaction.atomic(using=connection.alias):
            bound_transaction(connection, seconds=jobs_settings().lease_s / 2)
            rows = reclaim_rows(connection, ids, process=process, max_losses=jobs_settings().max_losses, died=died)
        total += len(rows)
        announce([(id_, "lost", queue) for id_, queue, _, _ in rows])
        announce([(id_, str(state), queue) for id_, queue, state, _ in rows if state in FINISHED])
        send(
            [Entry(queue, id_, priority) for id_, queue, state, priority in rows if state == State.WAITING],
            replace_known=True,
        )
    release_entries(process)
    if total:
        logger.warning("Reclaimed %d jobs of lost process %s", total, process)
    return total


def release_entries(process: str) -> None:
    """Give everything back that Redis holds active for a fenced process; without Redis the patrol does it later."""
    try:
        for queue in queue_names():
            dispatcher().release(process, queue)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis keeps entries of lost process %s (%s); the patrol will move them.", process, error)
