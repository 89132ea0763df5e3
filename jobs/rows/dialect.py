"""What the two databases spell differently."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

POSTGRESQL, SQLITE = "postgresql", "sqlite"

SQLITE_NOW = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
"""The database's clock as Django writes times on SQLite, to the millisecond."""


GROUP = "COALESCE(jobs_job.options ->> 'group', '')"
"""A job's group for fair shares, in the words of both databases; it is an option, not a column that all would pay."""


def sqlite_later(milliseconds: str) -> str:
    """Return the SQL for now plus `milliseconds`, an SQL expression."""
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', (({milliseconds}) / 1000.0) || ' seconds')"


def wrapper(using: str) -> BaseDatabaseWrapper:
    """Return this thread's connection to a database."""
    return connections[using]


def id_list(connection: BaseDatabaseWrapper, ids: Iterable[str]) -> Any:
    """Return ids as the one parameter that a statement takes them in: an array's text, or JSON of the stored form."""
    if connection.vendor == POSTGRESQL:
        return array(ids)
    return json.dumps([i.replace("-", "") for i in ids])


def key(connection: BaseDatabaseWrapper, id_: str) -> str:
    """Return one id in the form in which the database stores it."""
    return id_ if connection.vendor == POSTGRESQL else id_.replace("-", "")


def text_id(value: Any) -> str:
    """Return an id that came from the database as the text that Redis and messages use."""
    if isinstance(value, str) and len(value) == 36:
        return value
    if isinstance(value, str) and len(value) == 32:
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return str(value if isinstance(value, UUID) else UUID(str(value)))


def array(values: Iterable[str | float | None]) -> str:
    """Return values as the text of a PostgreSQL array; the statement casts it (`%s::text[]`).

    One text is a tenth of the work of psycopg's lists, which adapt value by value: they were a third of a worker's CPU.
    """
    return "{" + ",".join([_quoted(v) if isinstance(v, str) else "NULL" if v is None else str(v) for v in values]) + "}"


def _quoted(text: str) -> str:
    if "\0" in text:
        raise ValueError("PostgreSQL cannot store the NUL character")
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[str]:
    """Return rows as columns, one array each: the form that unnest takes."""
    return [_column(values) for values in zip(*rows, strict=True)] if rows else ["{}"] * width


def _column(values: Sequence[Any]) -> str:
    first = values[0]
    if len(values) > 1 and values.count(first) == len(values):  # a queue's name, an option that all jobs share
        return array([first])[:-1] + ("," + array([first])[1:-1]) * (len(values) - 1) + "}"
    return array(values)


def run(connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any] | None) -> list[tuple[Any, ...]]:
    """Run a statement and return all its rows (SQLite needs them read before the commit)."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def database_now(connection: BaseDatabaseWrapper) -> datetime:
    """Return the time by the database's clock, the one that rows go by."""
    if connection.vendor == POSTGRESQL:
        moment: datetime = run(connection, "SELECT statement_timestamp()", [])[0][0]
        return moment
    text = run(connection, f"SELECT {SQLITE_NOW.replace('%%', '%')}", None)[0][0]
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def bound_transaction(connection: BaseDatabaseWrapper, *, seconds: float, statements: bool = True) -> None:
    """Let PostgreSQL end the open transaction if it idles longer, and with `statements` each that runs longer.

    Its row locks end with it. For this transaction only, so that PgBouncer's transaction mode stays possible; SQLite
    has no such settings.
    """
    if connection.vendor == POSTGRESQL:
        limit = str(int(seconds * 1000))
        for name in ("idle_in_transaction_session_timeout", *(["statement_timeout"] if statements else [])):
            run(connection, "SELECT set_config(%s, %s, true)", [name, limit])
