"""Writes what a process says of itself."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.dialect import POSTGRESQL, SQLITE_NOW, key, run


def write_beat(
    connection: BaseDatabaseWrapper, process: str, *, busy: int, unrecorded: int, memory_bytes: int, version: str
) -> None:
    """Write a process's present state, and when it was seen, by the database's clock."""
    now = "statement_timestamp()" if connection.vendor == POSTGRESQL else SQLITE_NOW
    sql = (
        "UPDATE jobs_process SET busy = %s, unrecorded = %s, memory_bytes = %s, version = %s, "
        f"beat_at = {now} WHERE id = %s"
    )
    run(connection, sql, [busy, unrecorded, memory_bytes, version[:64], key(connection, process)])
