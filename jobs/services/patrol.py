"""Puts back what Redis lacks, and moves what it misplaces (protocol.md, Patrol)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.counters import COUNTERS
from jobs.dispatch.entries import Entry
from jobs.rows.process import is_alive
from jobs.rows.standing import Standing, standings
from jobs.rows.unfinished import Unfinished
from jobs.services.dispatching import dispatcher
from jobs.services.heal import free_blocked
from jobs.services.reclaim import reclaim
from jobs.states import STARTABLE, State

logger = logging.getLogger("jobs.patrol")


def patrol_page(connection: BaseDatabaseWrapper, rows: Sequence[Unfinished]) -> int:
    """Look after one page of unfinished rows; return how many entries were put back or moved.

    Raises redis.RedisError. Rows are read again between the look into Redis and the repair: what has ended meanwhile
    stays out.
    """
    repaired = 0
    startable = [row for row in rows if row.state in STARTABLE]
    for queue in sorted({row.queue for row in startable}):
        mine = [row for row in startable if row.queue == queue]
        placement = dispatcher().probe(queue, [(row.id, row.due_in_ms) for row in mine])
        for ids, replace in ((placement.absent, False), (placement.misplaced, True)):
            still = standings(connection, ids) if ids else {}
            entries = [_entry(row) for row in still.values() if row.startable]
            if entries:
                repaired += dispatcher().add(entries, replace=replace)
    if repaired:
        COUNTERS.count("jobs_put_back", repaired)
        logger.info("Patrol put %d entries back", repaired)
    _reclaim_orphans(connection, rows)
    if blocked := [row.id for row in rows if row.state == State.BLOCKED]:
        free_blocked(connection, blocked)
    return repaired


def _reclaim_orphans(connection: BaseDatabaseWrapper, rows: Sequence[Unfinished]) -> None:
    """Reclaim active rows whose worker is fenced or unknown."""
    for worker in sorted({row.worker for row in rows if row.state == State.ACTIVE and row.worker}):
        if not is_alive(connection, worker):
            reclaim(connection, worker)


def _entry(row: Standing) -> Entry:
    return Entry(row.queue, row.id, row.priority, row.due_in_ms, row.group)


def sweep_active(connection: BaseDatabaseWrapper, queue: str, before: dict[str, str]) -> dict[str, str]:
    """Clear active entries that stood the same at the last look and whose row does not run under that process.

    `before` is what the last call returned, some seconds ago; the answer is what stands now.
    """
    now = dispatcher().active(queue)
    same = [id_ for id_, owner in now.items() if before.get(id_) == owner]
    rows = standings(connection, same) if same else {}
    wrong = []
    for id_ in same:
        row = rows.get(id_)
        if row is None or not row.held_by(now[id_].split(" ")[0]):
            wrong.append((id_, now[id_], bool(row and row.startable)))
    if wrong:
        dispatcher().drop(queue, wrong)
        logger.info("Patrol cleared %d active entries of %s", len(wrong), queue)
    return now
