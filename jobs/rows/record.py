"""Writes outcomes under their fences: rows, attempts and counts, together."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.fingerprint import fingerprint
from jobs.outcome import Outcome
from jobs.rows.count import add_counts
from jobs.rows.dialect import POSTGRESQL, columns, id_list, key, run, sqlite_later, text_id
from jobs.states import State

Written = tuple[str, bool]
"""A row's new state, and whether it belongs to a flow."""

# Hand-backs (waiting, delayed) of a job that somebody wants cancelled end it as cancelled.
_SET = """
    state = CASE WHEN o.state IN ('waiting', 'delayed') AND jobs_job.cancel_requested_at IS NOT NULL
        THEN 'cancelled' ELSE o.state END,
    generation = jobs_job.generation + CASE WHEN o.state IN ('waiting', 'delayed') THEN 1 ELSE 0 END,
    attempts = jobs_job.attempts - o.refund,"""

# Not prepared: the one plan for all flushes that PostgreSQL would settle on takes 68 us a row for 1,000, a plan made
# for the flush 19. The fence is read under the lock, and COALESCE keeps the planner from taking it for a rare thing:
# on a table without statistics it looped over all outcomes for each row, 470 us a row.
_POSTGRESQL = f"""
WITH outcome AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[],
        %s::text[], %s::text[], %s::float[], %s::float[], %s::text[])
    AS o(id, generation, state, refund, delay_ms, result, error_type, error, traceback, attempt_outcome, started, ended,
        fingerprint)
), locked AS MATERIALIZED (
    SELECT id, generation FROM jobs_job
    WHERE id = ANY(%s::uuid[]) AND COALESCE(state = 'active' AND worker = %s, false)
    ORDER BY id FOR UPDATE SKIP LOCKED
), held AS MATERIALIZED (
    SELECT outcome.* FROM outcome JOIN locked USING (id, generation)
), done AS (
    UPDATE jobs_job SET {_SET}
        run_at = CASE WHEN o.state = 'delayed' THEN statement_timestamp() + o.delay_ms * interval '1 millisecond'
            ELSE jobs_job.run_at END,
        started_at = statement_timestamp() - o.started * interval '1 second',
        finished_at = CASE WHEN o.state IN ('waiting', 'delayed') AND jobs_job.cancel_requested_at IS NULL THEN NULL
            ELSE statement_timestamp() - o.ended * interval '1 second' END,
        result = o.result::jsonb, error_type = o.error_type, error = o.error, fingerprint = o.fingerprint
    FROM held o WHERE jobs_job.id = o.id
    RETURNING jobs_job.id, jobs_job.queue, jobs_job.state, jobs_job.attempts + o.refund AS number, o.generation AS ran,
        jobs_job.flow_id
), counted AS (
    INSERT INTO jobs_queuecount (queue, state, shard, count)
    SELECT queue, state, %s, count(*) FROM done WHERE state IN ('completed', 'failed', 'cancelled')
    GROUP BY queue, state
    ON CONFLICT (queue, state, shard) DO UPDATE SET count = jobs_queuecount.count + EXCLUDED.count
), tried AS (
    INSERT INTO jobs_attempt
    (job_id, number, generation, outcome, worker, started_at, ended_at, error_type, error, traceback)
    SELECT done.id, done.number, done.ran, o.attempt_outcome, %s,
        statement_timestamp() - o.started * interval '1 second', statement_timestamp() - o.ended * interval '1 second',
        o.error_type, o.error, o.traceback
    FROM done JOIN outcome o ON o.id = done.id WHERE o.attempt_outcome <> ''
)
SELECT id::text, state, flow_id IS NOT NULL FROM done"""

_SQLITE_UPDATE = f"""
UPDATE jobs_job SET {_SET}
    run_at = CASE WHEN o.state = 'delayed' THEN {sqlite_later("o.delay_ms")} ELSE jobs_job.run_at END,
    started_at = {sqlite_later("-1000 * o.started")},
    finished_at = CASE WHEN o.state IN ('waiting', 'delayed') AND jobs_job.cancel_requested_at IS NULL THEN NULL
        ELSE {sqlite_later("-1000 * o.ended")} END,
    result = o.result, error_type = o.error_type, error = o.error, fingerprint = o.fingerprint
FROM (SELECT value ->> 0 AS id, value ->> 1 AS generation, value ->> 2 AS state, value ->> 3 AS refund,
        value ->> 4 AS delay_ms, value ->> 5 AS result, value ->> 6 AS error_type, value ->> 7 AS error,
        value ->> 10 AS started, value ->> 11 AS ended, value ->> 12 AS fingerprint
    FROM json_each(%s)) AS o
WHERE jobs_job.id = o.id AND jobs_job.state = 'active' AND jobs_job.worker = %s AND jobs_job.generation = o.generation
RETURNING id, queue, state, flow_id"""  # not "IS NOT NULL": SQLite 3.40 returns 1 for it here, also for NULL

_SQLITE_ATTEMPTS = f"""
INSERT INTO jobs_attempt
    (job_id, number, generation, outcome, worker, started_at, ended_at, error_type, error, traceback)
SELECT value ->> 0, value ->> 13, value ->> 1, value ->> 9, %s, {sqlite_later("-1000 * (value ->> 10)")},
    {sqlite_later("-1000 * (value ->> 11)")}, value ->> 6, value ->> 7, value ->> 8
FROM json_each(%s) WHERE true ON CONFLICT (job_id, generation) DO NOTHING"""


def record(connection: BaseDatabaseWrapper, outcomes: Sequence[Outcome], *, process: str) -> dict[str, Written]:
    """Write the outcomes whose fence still holds, in the caller's transaction or one statement of its own.

    Returns id → (new state, whether others may wait for it) of those written. A missing one is locked
    by somebody or no longer ours.
    """
    now = time.monotonic()
    rows = [
        [
            key(connection, o.id),
            o.generation,
            str(o.state),
            int(o.refund),
            o.delay_ms,
            o.result,
            o.error_type,
            o.error,
            o.traceback,
            o.attempt_outcome,
            max(0.0, now - o.started) if o.started else 0.0,
            max(0.0, now - o.ended) if o.ended else 0.0,
            fingerprint(o.actor, o.error_type, o.traceback) if o.state == State.FAILED else "",
        ]
        for o in outcomes
    ]
    me = key(connection, process)
    if connection.vendor == POSTGRESQL:
        ids = id_list(connection, [o.id for o in outcomes])
        done = run(connection, _POSTGRESQL, [*columns(rows, 13), ids, me, process, me])
        return {id_: (state, in_flow) for id_, state, in_flow in done}
    return _record_sqlite(connection, outcomes, rows, me, process)


def _record_sqlite(
    connection: BaseDatabaseWrapper, outcomes: Sequence[Outcome], rows: list[list[Any]], me: str, process: str
) -> dict[str, Written]:
    done = run(connection, _SQLITE_UPDATE, [json.dumps(rows), me])
    written = {text_id(row[0]): (row[2], bool(row[3])) for row in done}
    tried = [
        [*row, outcome.attempt]
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome.attempt_outcome and outcome.id in written
    ]
    if tried:
        run(connection, _SQLITE_ATTEMPTS, [me, json.dumps(tried)])
    add_counts(connection, [(queue, state) for _, queue, state, _ in done], shard=process)
    return written
