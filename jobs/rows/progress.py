"""Writes what running jobs report: progress and log lines."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.dialect import POSTGRESQL, SQLITE_NOW, columns, key, run

_PROGRESS_POSTGRESQL = """
UPDATE jobs_job SET progress = p.progress::jsonb
FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS p(id, generation, progress)
WHERE jobs_job.id = p.id AND jobs_job.generation = p.generation AND jobs_job.worker = %s"""

_PROGRESS_SQLITE = """
UPDATE jobs_job SET progress = p.progress
FROM (SELECT value ->> 0 AS id, value ->> 1 AS generation, value ->> 2 AS progress FROM json_each(%s)) AS p
WHERE jobs_job.id = p.id AND jobs_job.generation = p.generation AND jobs_job.worker = %s"""

_LOG_POSTGRESQL = """
INSERT INTO jobs_joblog (job_id, attempt, line, created_at)
SELECT id, attempt, line, statement_timestamp()
FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS l(id, attempt, line)"""

_LOG_SQLITE = f"""
INSERT INTO jobs_joblog (job_id, attempt, line, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, {SQLITE_NOW} FROM json_each(%s)"""


def write_progress(connection: BaseDatabaseWrapper, reports: Sequence[tuple[str, int, str]], *, process: str) -> None:
    """Write (id, generation, progress as JSON text) of runs that are still this process's."""
    rows = sorted((key(connection, id_), generation, text) for id_, generation, text in reports)
    me = key(connection, process)
    if connection.vendor == POSTGRESQL:
        run(connection, _PROGRESS_POSTGRESQL, [*columns(rows, 3), me])
    else:
        run(connection, _PROGRESS_SQLITE, [json.dumps(rows), me])


def write_logs(connection: BaseDatabaseWrapper, lines: Sequence[tuple[str, int, str]]) -> None:
    """Append (id, attempt, line)."""
    rows = [(key(connection, id_), attempt, line) for id_, attempt, line in lines]
    if connection.vendor == POSTGRESQL:
        run(connection, _LOG_POSTGRESQL, columns(rows, 3))
    else:
        run(connection, _LOG_SQLITE, [json.dumps(rows)])
