"""Rows of jobs that are over, written by one statement: what a long-lived table holds."""

from __future__ import annotations

import psycopg

_INSERT = """
INSERT INTO jobs_job (id, queue, job_id, actor, tenant, state, priority, payload, options, generation, attempts,
    max_attempts, losses, error_type, error, started_at, finished_at)
SELECT gen_random_uuid(), %(queue)s, %(state)s || '-' || n, 'bench-stamped', '', %(state)s, 0,
    jsonb_build_object('n', n, 'pad', repeat('x', 78)), '{}', 1, 3, 3, 0, '', '', now(), now()
FROM generate_series(1, %(rows)s) AS n
"""


def seed(connection: psycopg.Connection, rows: int, *, queue: str, state: str) -> None:
    """Insert finished rows. Autovacuum finds and analyses them by itself."""
    connection.execute(_INSERT, {"rows": rows, "queue": queue, "state": state})
    connection.commit()
