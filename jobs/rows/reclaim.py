"""Takes back what lost processes ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.count import add_counts
from jobs.rows.dialect import GROUP, POSTGRESQL, SQLITE_NOW, id_list, key, run, text_id

_SET = """
    generation = generation + 1, losses = losses + 1, suspect = suspect OR losses > 0 OR %s,
    state = CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancelled' WHEN losses + 1 > %s THEN 'failed'
        ELSE 'waiting' END,
    finished_at = CASE WHEN cancel_requested_at IS NOT NULL OR losses + 1 > %s THEN {now} ELSE NULL END,
    error_type = CASE WHEN losses + 1 > %s THEN 'WorkerLost' ELSE error_type END,
    fingerprint = CASE WHEN losses + 1 > %s THEN 'WorkerLost' ELSE fingerprint END,
    error = CASE WHEN losses + 1 > %s THEN 'worker lost ' || (losses + 1) || ' times' ELSE error END"""

_POSTGRESQL = f"""
UPDATE jobs_job SET {_SET.format(now="statement_timestamp()")}
WHERE id IN (SELECT id FROM jobs_job WHERE id = ANY(%s::uuid[]) AND state = 'active' AND worker = %s
    ORDER BY id FOR UPDATE SKIP LOCKED)
RETURNING id, queue, state, priority, attempts, generation, started_at, actor, flow_id, {GROUP}"""

_SQLITE = f"""
UPDATE jobs_job SET {_SET.format(now=SQLITE_NOW)}
WHERE id IN (SELECT value FROM json_each(%s)) AND state = 'active' AND worker = %s
RETURNING id, queue, state, priority, attempts, generation, started_at, actor, flow_id, {GROUP}"""

_ATTEMPT = """
INSERT INTO jobs_attempt
    (job_id, number, generation, outcome, worker, started_at, ended_at, error_type, error, traceback)
VALUES (%s, %s, %s, 'lost', %s, %s, {now}, 'WorkerLost', 'The worker process was lost during this run.', '')
ON CONFLICT (job_id, generation) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """One job that was taken back, and the state it is in now."""

    id: str
    queue: str
    state: str
    priority: int
    actor: str
    in_flow: bool
    group: str


def reclaim(
    connection: BaseDatabaseWrapper, ids: Sequence[str], *, process: str, max_losses: int, died: bool
) -> list[Reclaimed]:
    """Hand back those of `ids` that are active under a fenced process, in the caller's transaction.

    A loss counts; past `max_losses` the job is failed. A job becomes
    a suspect if its process died (and not merely its lease ran out with its host), or with its second loss.
    """
    postgresql = connection.vendor == POSTGRESQL
    me = key(connection, process)
    sql = _POSTGRESQL if postgresql else _SQLITE
    rows = run(connection, sql, [died, *[max_losses] * 5, id_list(connection, ids), me])
    attempt = _ATTEMPT.format(now="statement_timestamp()" if postgresql else SQLITE_NOW)
    with connection.cursor() as cursor:
        cursor.executemany(attempt, [(row[0], row[4], row[5] - 1, me, row[6]) for row in rows])
    add_counts(connection, [(row[1], row[2]) for row in rows])
    return [
        Reclaimed(
            id=text_id(row[0]),
            queue=row[1],
            state=row[2],
            priority=row[3],
            actor=row[7],
            in_flow=bool(row[8]),
            group=row[9],
        )
        for row in rows
    ]
