"""Brings finished jobs back to waiting, many in one statement, and tells how they stood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.dialect import GROUP, POSTGRESQL, SQLITE_NOW, id_list, run, text_id

_COLUMNS = f"id, queue, tenant, state, attempts, priority, flow_id IS NOT NULL AS in_flow, {GROUP}"
_SET = """state = 'waiting', generation = generation + 1, attempts = 0, losses = 0, suspect = false, run_at = {now},
    asked_at = {now}, finished_at = NULL, cancel_requested_at = NULL, cancelled_by = '', cancel_reason = '',
    expires_at = NULL, progress = NULL, result = NULL, error = '', error_type = '', fingerprint = ''"""

_POSTGRESQL = f"""
WITH old AS MATERIALIZED (
    SELECT {_COLUMNS} FROM jobs_job WHERE id = ANY(%s::uuid[]) AND state = ANY(%s::text[])
    ORDER BY id FOR UPDATE SKIP LOCKED
), done AS (
    UPDATE jobs_job SET {_SET.format(now="statement_timestamp()")} WHERE id IN (SELECT id FROM old)
)
SELECT * FROM old"""

_SQLITE_WHERE = "id IN (SELECT value FROM json_each(%s)) AND state IN (SELECT value FROM json_each(%s))"
_SQLITE_OLD = f"SELECT {_COLUMNS} FROM jobs_job WHERE {_SQLITE_WHERE} ORDER BY id"
_SQLITE_UPDATE = f"UPDATE jobs_job SET {_SET.format(now=SQLITE_NOW)} WHERE {_SQLITE_WHERE}"


@dataclass(frozen=True, slots=True)
class Finished:
    """One job as it stood before it was brought back."""

    id: str
    queue: str
    tenant: str
    state: str
    attempts: int
    priority: int
    in_flow: bool
    group: str


def bring_back_rows(connection: BaseDatabaseWrapper, ids: Sequence[str], states: Sequence[str]) -> list[Finished]:
    """Move the jobs that are in `states`, in the caller's transaction, with a fresh round of attempts.

    Rows that somebody holds are skipped on PostgreSQL: whoever deletes them takes them in another order.
    """
    if connection.vendor == POSTGRESQL:
        rows = run(connection, _POSTGRESQL, [id_list(connection, ids), [str(state) for state in states]])
    else:
        params = [id_list(connection, ids), json.dumps(list(states))]
        rows = run(connection, _SQLITE_OLD, params)
        run(connection, _SQLITE_UPDATE, params)
    return [Finished(text_id(row[0]), *row[1:]) for row in rows]
