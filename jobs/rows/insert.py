"""Inserts jobs, many in one statement; a known (queue, job_id) inserts nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.draft import Draft
from jobs.rows.dialect import POSTGRESQL, SQLITE_NOW, columns, key, run, sqlite_later, text_id
from jobs.rows.prepared import run_prepared

_COLUMNS = """id, queue, job_id, actor, tenant, priority, payload, options, max_attempts, state, run_at,
    asked_at, created_at, expires_at, generation, attempts, losses, error_type, error"""

_NAMES = "id, queue, job_id, actor, tenant, priority, payload, options, max_attempts, delay_ms, expires_ms"
_TYPES = ("uuid", "text", "text", "text", "text", "smallint", "text", "text", "int", "bigint", "bigint")
_HEAD = f"""
INSERT INTO jobs_job ({_COLUMNS})
SELECT id, queue, job_id, actor, tenant, priority, payload::jsonb, options::jsonb, max_attempts,
    CASE WHEN delay_ms > 0 THEN 'delayed' ELSE 'waiting' END,
    statement_timestamp() + delay_ms * interval '1 millisecond',
    statement_timestamp(), statement_timestamp(),
    CASE WHEN expires_ms > 0 THEN statement_timestamp() + expires_ms * interval '1 millisecond' END, 0, 0, 0, '', ''"""
_TAIL = """
ON CONFLICT (queue, job_id) DO NOTHING
RETURNING id::text"""
_POSTGRESQL = f"""{_HEAD}
FROM unnest({", ".join(f"%s::{kind}[]" for kind in _TYPES)}) AS draft({_NAMES})
ORDER BY queue, job_id  -- two bulk callers must not deadlock{_TAIL}"""
# Eleven arrays of one value are three times the work of a row.
_POSTGRESQL_ONE = f"""{_HEAD}
FROM (VALUES ({", ".join(f"%s::{kind}" for kind in _TYPES)})) AS draft({_NAMES}){_TAIL}"""

_SQLITE = f"""
INSERT INTO jobs_job ({_COLUMNS})
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, CASE WHEN value ->> 9 > 0 THEN 'delayed' ELSE 'waiting' END,
    {sqlite_later("value ->> 9")}, {SQLITE_NOW}, {SQLITE_NOW},
    CASE WHEN value ->> 10 > 0 THEN {sqlite_later("value ->> 10")} END, 0, 0, 0, '', ''
FROM json_each(%s) WHERE true
ON CONFLICT (queue, job_id) DO NOTHING
RETURNING id"""

_KNOWN_POSTGRESQL = """
SELECT j.id, j.queue, j.job_id FROM jobs_job j
JOIN unnest(%s::text[], %s::text[]) AS wanted(queue, job_id) ON j.queue = wanted.queue AND j.job_id = wanted.job_id"""

_KNOWN_SQLITE = """
SELECT j.id, j.queue, j.job_id FROM json_each(%s) wanted
JOIN jobs_job j ON j.queue = wanted.value ->> 0 AND j.job_id = wanted.value ->> 1"""


def insert(connection: BaseDatabaseWrapper, drafts: Sequence[Draft]) -> set[str]:
    """Insert drafts in the caller's transaction; return the ids that are new."""
    rows = [
        (
            key(connection, d.id),
            d.queue,
            d.job_id,
            d.actor,
            d.tenant,
            d.priority,
            d.payload,
            d.options,
            d.max_attempts,
            d.delay_ms,
            d.expires_ms,
        )
        for d in drafts
    ]
    if connection.vendor == POSTGRESQL and len(rows) == 1:
        return {row[0] for row in run_prepared(connection, _POSTGRESQL_ONE, rows[0])}
    if connection.vendor == POSTGRESQL:
        return {row[0] for row in run_prepared(connection, _POSTGRESQL, columns(rows, len(_TYPES)))}
    return {text_id(row[0]) for row in run(connection, _SQLITE, [json.dumps(rows)])}


def find_known(connection: BaseDatabaseWrapper, drafts: Sequence[Draft]) -> dict[tuple[str, str], str]:
    """Return (queue, job_id) → id of the rows that stood in the way."""
    pairs = [(d.queue, d.job_id) for d in drafts]
    if connection.vendor == POSTGRESQL:
        found = run(connection, _KNOWN_POSTGRESQL, columns(pairs, 2))
    else:
        found = run(connection, _KNOWN_SQLITE, [json.dumps(pairs)])
    return {(queue, job_id): text_id(id_) for id_, queue, job_id in found}
