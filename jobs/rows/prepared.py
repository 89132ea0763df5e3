"""Runs the hot statements as prepared ones: PostgreSQL parses and plans them once a connection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.conf import jobs_settings
from jobs.rows.dialect import POSTGRESQL, run


def run_prepared(connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement whose text is always the same and return its rows.

    Parsing and planning cost more than one row's insert. `JOBS["PREPARE"] = False` for a pooler that hands the
    connection on after each transaction and knows no prepared statements (PgBouncer before 1.21).
    """
    if connection.vendor != POSTGRESQL or not jobs_settings().prepare:
        return run(connection, sql, params)
    connection.ensure_connection()
    raw = _cursor(connection.connection)
    cursor = connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)
    cursor.execute(sql, params)
    return cursor.fetchall() if cursor.description else []


def _cursor(raw: Any) -> Any:
    """Return the connection's one cursor for prepared statements: making one costs a tenth of a one-row insert."""
    cursor = getattr(raw, "jobs_cursor", None)
    if cursor is None or cursor.closed:
        cursor = raw.jobs_cursor = _cursor_type()(raw)
    return cursor


@cache
def _cursor_type() -> Any:
    """Return psycopg's own cursor, which binds on the server; Django's default one writes values into the text."""
    from psycopg import Cursor  # noqa: PLC0415  (SQLite needs no psycopg)

    class PreparedCursor(Cursor):
        """Prepares whatever it executes, though Django keeps connections from preparing anything."""

        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            """Execute, prepared from the first time on."""
            connection = self.connection
            usual, connection.prepare_threshold = connection.prepare_threshold, 0
            try:
                return super().execute(query, params, **options)
            finally:
                connection.prepare_threshold = usual

    return PreparedCursor
