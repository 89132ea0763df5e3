"""Pages of unfinished rows for the patrol, in the order of the partial index (asked_at, id)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.dialect import POSTGRESQL, SQLITE_NOW, key, run, sqlite_later, text_id
from jobs.states import State

START = ("0001-01-01", "00000000-0000-0000-0000-000000000000")
"""The cursor before the first row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """One unfinished row as the patrol needs it."""

    id: str
    queue: str
    state: State
    priority: int
    worker: str | None
    due_in_ms: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the cursor after the last; `cursor` None: there are no more."""

    rows: list[Unfinished]
    cursor: tuple[Any, str] | None


_DUE = {
    POSTGRESQL: "GREATEST(0, CEIL(EXTRACT(EPOCH FROM run_at - statement_timestamp()) * 1000))::bigint",
    "sqlite": f"MAX(0, CAST((julianday(run_at) - julianday({SQLITE_NOW})) * 86400000 + 0.999 AS INTEGER))",
}


def unfinished(
    connection: BaseDatabaseWrapper, cursor: tuple[Any, str], *, limit: int = 1_000, recent: bool = False
) -> Page:
    """Return the next page after `cursor`; `recent` only those asked for in the last two minutes, over 5 s ago."""
    postgresql = connection.vendor == POSTGRESQL
    window = ""
    if recent and postgresql:
        window = (
            "AND asked_at > statement_timestamp() - interval '120 seconds' "
            "AND asked_at < statement_timestamp() - interval '5 seconds'"
        )
    elif recent:
        window = f"AND asked_at > {sqlite_later('-120000')} AND asked_at < {sqlite_later('-5000')}"
    # As stored: SQLite compares texts, and a time that went through Python has other digits than its row.
    asked_at = "asked_at" if postgresql else "CAST(asked_at AS TEXT)"
    sql = (
        f"SELECT id, queue, state, priority, worker, {_DUE[connection.vendor]}, {asked_at} FROM jobs_job "
        f"WHERE finished_at IS NULL AND (asked_at, id) > (%s, %s) {window} ORDER BY asked_at, id LIMIT %s"
    )
    found = run(connection, sql, [cursor[0], key(connection, cursor[1]), limit])
    rows = [
        Unfinished(
            id=text_id(row[0]),
            queue=row[1],
            state=State(row[2]),
            priority=row[3],
            worker=text_id(row[4]) if row[4] else None,
            due_in_ms=row[5],
        )
        for row in found
    ]
    return Page(rows, (found[-1][6], text_id(found[-1][0])) if len(found) == limit else None)
