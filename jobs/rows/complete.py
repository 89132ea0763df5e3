"""Completes a job inside its actor's own transaction."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.count import add_counts
from jobs.rows.dialect import POSTGRESQL, SQLITE_NOW, key, run


def complete(
    connection: BaseDatabaseWrapper, *, id_: str, queue: str, generation: int, process: str, result: str | None
) -> bool | None:
    """Set a job completed under its fence, in the caller's transaction; None if it is no longer this run's.

    Else returns whether it belongs to a flow.
    """
    now = "statement_timestamp()" if connection.vendor == POSTGRESQL else SQLITE_NOW
    json_type = "::jsonb" if connection.vendor == POSTGRESQL else ""
    sql = (
        f"UPDATE jobs_job SET state = 'completed', finished_at = {now}, result = %s{json_type}, "
        "error = '', error_type = '', fingerprint = '' "
        "WHERE id = %s AND generation = %s AND worker = %s AND state = 'active' RETURNING flow_id"
    )
    done = run(connection, sql, [result, key(connection, id_), generation, key(connection, process)])
    if not done:
        return None
    add_counts(connection, [(queue, "completed")], shard=process)
    return bool(done[0][0])
