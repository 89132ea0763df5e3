"""Claims rows for a process: the one statement after which a body may run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.claimed import Claimed, awake_clock
from jobs.rows.dialect import POSTGRESQL, SQLITE_NOW, id_list, key, run, sqlite_later, text_id
from jobs.rows.prepared import run_prepared

_RETURNING = """id, queue, actor, job_id, tenant, generation, attempts, max_attempts, suspect, priority,
    payload, options, flow_id"""
_RETURNING_POSTGRESQL = f"""
    {_RETURNING.replace("id,", "id::text,", 1)}, (extract(epoch FROM started_at - run_at) * 1000)::float"""
_RETURNING_SQLITE = f"{_RETURNING}, (julianday(started_at) - julianday(run_at)) * 86400000"

# set_config in the statement itself: a lost claim is claimed again, so its commit need not wait for the disk,
# and PgBouncer's transaction mode allows no setting of the session.
_POSTGRESQL = f"""
UPDATE jobs_job SET state = 'active', generation = generation + 1, attempts = attempts + 1,
    worker = %s, started_at = statement_timestamp()
WHERE id IN (
    SELECT id FROM jobs_job
    WHERE id = ANY(%s::uuid[]) AND state IN ('waiting', 'delayed') AND run_at <= statement_timestamp()
        AND (expires_at IS NULL OR expires_at > statement_timestamp())
    ORDER BY id FOR UPDATE SKIP LOCKED)
AND EXISTS (
    SELECT 1 FROM jobs_process
    WHERE id = %s AND fenced_at IS NULL AND lease_until > statement_timestamp() + %s * interval '1 second')
AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL
RETURNING {_RETURNING_POSTGRESQL}"""

_SQLITE = f"""
UPDATE jobs_job SET state = 'active', generation = generation + 1, attempts = attempts + 1,
    worker = %s, started_at = {SQLITE_NOW}
WHERE id IN (SELECT value FROM json_each(%s)) AND state IN ('waiting', 'delayed') AND run_at <= {SQLITE_NOW}
AND (expires_at IS NULL OR expires_at > {SQLITE_NOW})
AND EXISTS (SELECT 1 FROM jobs_process WHERE id = %s AND fenced_at IS NULL
    AND lease_until > {sqlite_later("%s * 1000")})
RETURNING {_RETURNING_SQLITE}"""


def claim(connection: BaseDatabaseWrapper, ids: Sequence[str], *, process: str, lease_s: float) -> list[Claimed]:
    """Claim those of `ids` that are startable and due, if the process is not fenced and a third of its lease is left.

    Commits before it returns. The answer is in the order of `ids`; what is missing must not run.
    """
    begun = awake_clock()
    me = key(connection, process)
    params = [me, id_list(connection, ids), me, lease_s / 3]
    if connection.vendor == POSTGRESQL:
        rows = run_prepared(connection, _POSTGRESQL, params)
    else:
        with transaction.atomic(using=connection.alias):
            rows = run(connection, _SQLITE, params)
    claimed = {job.id: job for job in (_read(row, begun) for row in rows)}
    return [claimed[i] for i in ids if i in claimed]


def mine(connection: BaseDatabaseWrapper, ids: Sequence[str], *, process: str) -> list[Claimed]:
    """Return those of `ids` that run under this process already, as after an unknown commit of a claim.

    They count as claimed long ago: whoever starts one confirms it first.
    """
    where = "id = ANY(%s::uuid[])" if connection.vendor == POSTGRESQL else "id IN (SELECT value FROM json_each(%s))"
    columns = _RETURNING_POSTGRESQL if connection.vendor == POSTGRESQL else _RETURNING_SQLITE
    sql = f"SELECT {columns} FROM jobs_job WHERE {where} AND state = 'active' AND worker = %s"
    return [_read(row, 0.0) for row in run(connection, sql, [id_list(connection, ids), key(connection, process)])]


def _read(row: tuple[Any, ...], claimed_at: float) -> Claimed:
    payload, options, unreadable = _decode(row[10], row[11])
    return Claimed(
        id=text_id(row[0]),
        queue=row[1],
        actor=row[2],
        job_id=row[3],
        tenant=row[4],
        generation=row[5],
        attempt=row[6],
        max_attempts=row[7],
        suspect=bool(row[8]),
        priority=row[9],
        payload=payload,
        options=options,
        in_flow=bool(row[12]),
        claimed_at=claimed_at,
        waited_ms=max(0.0, row[13]),
        unreadable=unreadable,
    )


def _decode(payload: str, options: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return payload, options and what is wrong with them: one bad row must not undo the claim of its neighbours."""
    try:
        values = json.loads(payload), json.loads(options)
    except (ValueError, TypeError, RecursionError) as error:  # what the database holds as JSON and Python cannot
        return {}, {}, f"{type(error).__name__} while decoding the row's payload or options"
    for name, value in zip(("payload", "options"), values, strict=True):
        if not isinstance(value, dict):
            return {}, {}, f"The row's {name} must be a JSON object, and is {type(value).__name__}"
    return *values, ""
