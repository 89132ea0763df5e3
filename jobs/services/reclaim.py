"""Takes the jobs of lost processes back (protocol.md, Lost processes)."""

from __future__ import annotations

import logging
from collections import Counter

import redis
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.conf import jobs_settings
from jobs.counters import COUNTERS
from jobs.dispatch.entries import Entry
from jobs.rows.dialect import bound_transaction
from jobs.rows.process import fence, is_alive
from jobs.rows.reclaim import reclaim as reclaim_rows
from jobs.rows.rollup import count_lost
from jobs.rows.standing import held
from jobs.services.dispatching import announce, dispatcher, send
from jobs.services.exhausted import tell_lost
from jobs.services.follow import follow
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
            count_lost(connection, rows)
            tell_lost([row.id for row in rows if row.state == State.FAILED], using=connection.alias)
            followed = follow(connection, {row.id: row.state for row in rows if row.in_flow and row.state in FINISHED})
        total += len(rows)
        for queue, lost in Counter(row.queue for row in rows).items():
            COUNTERS.count("jobs_lost", lost, queue=queue)
        announce([(row.id, "lost", row.queue) for row in rows])
        announce([(row.id, row.state, row.queue) for row in rows if row.state in FINISHED] + followed.events)
        send(
            [Entry(row.queue, row.id, row.priority, group=row.group) for row in rows if row.state == State.WAITING],
            replace_known=True,
        )
        send(followed.entries)
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
