"""Reads the addresses of the database and of Redis."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import psycopg
from psycopg.conninfo import make_conninfo

from jobs.dispatch.address import UnreadableAddress, read_address
from jobs_project.environment import BadSetting, text

DATABASE_EXAMPLE = "postgres://user:password@127.0.0.1:5432/jobs (or sqlite:///var/db.sqlite3)"
REDIS_EXAMPLE = "redis://:password@127.0.0.1:6379/0 (or rediss://… for TLS, unix:///run/redis.sock?db=0)"
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",  # a deferred transaction that reads, then writes, fails under load
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;"
    ),
}

PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
}
"""A network that swallows everything must not hang a process for the quarter of an hour that TCP would try: what gets
no answer for 10 s (of the other machine, however long its statement takes) has failed, and is tried anew."""

POOL_PATIENCE = {"timeout": 5, "reconnect_timeout": 4}
"""The pool doubles its rests between tries to connect, and asks nobody: after a minute without a database it would rest
for half a minute more. It gives up before its callers do, so that the first of them who asks again starts a fresh try.
"""


def database(name: str, *, default: str, root: Path, pool_size: int) -> dict[str, Any]:
    """Return Django's settings for the database of a URL: `sqlite` (relative to `root`) or `postgres`.

    `pool_size` is the number of connections a process may hold; 0 turns the pool off. Query parameters of a
    PostgreSQL URL are libpq's (`sslmode`, `application_name`, …).
    """
    url = text(name, default)
    parts = _split(name, url, DATABASE_EXAMPLE)
    if parts.scheme == "sqlite":
        return _sqlite(name, parts, root)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgres(name, parts, pool_size)
    raise BadSetting(name, problem=f"{parts.scheme or url!r} is no database known here", example=DATABASE_EXAMPLE)


def redis(name: str, *, default: str) -> str:
    """Return the URL of a Redis or Valkey server, once it is sure that a client can read it; empty if none is set."""
    url = text(name, default)
    if not url:
        return ""
    try:
        if read_address(url) is not None:
            return url
    except UnreadableAddress as error:
        raise BadSetting(name, problem=error.problem, example=error.example) from None
    parts = _split(name, url, REDIS_EXAMPLE)
    query = dict(parse_qsl(parts.query))
    number = query.get("db", "")
    if parts.scheme == "unix":
        if parts.hostname or not parts.path.startswith("/"):
            raise BadSetting(name, problem="a socket needs its whole path", example="unix:///run/redis.sock?db=0")
    elif parts.scheme in {"redis", "rediss"}:
        if not parts.hostname:
            raise BadSetting(name, problem="the host is missing", example=REDIS_EXAMPLE)
        number = number or parts.path.strip("/")
    else:
        raise BadSetting(name, problem=f"{parts.scheme or url!r} is no Redis address", example=REDIS_EXAMPLE)
    if number and not number.isdecimal():
        raise BadSetting(name, problem=f"{number!r} is no database number", example=REDIS_EXAMPLE)
    return url


def _split(name: str, url: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # read for its error
    except ValueError as error:
        raise BadSetting(name, problem=str(error), example=example) from None
    return parts


def _sqlite(name: str, parts: SplitResult, root: Path) -> dict[str, Any]:
    path = unquote(parts.path.removeprefix("/"))
    if parts.netloc or not path or ":memory:" in path:
        raise BadSetting(
            name,
            problem="SQLite needs the path of a file, which workers and web can share",
            example="sqlite:///var/db.sqlite3",
        )
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": dict(SQLITE_OPTIONS),
        "TEST": {"NAME": f"{file}.test"},  # a file too: threads and child processes of a test share it
    }


def _postgres(name: str, parts: SplitResult, pool_size: int) -> dict[str, Any]:
    database_name = unquote(parts.path.removeprefix("/"))
    if not database_name:
        raise BadSetting(name, problem="the name of the database is missing", example=DATABASE_EXAMPLE)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    try:
        make_conninfo(**options)
    except psycopg.ProgrammingError as error:
        raise BadSetting(
            name, problem=f"in what follows the '?': {str(error).strip()}", example=DATABASE_EXAMPLE
        ) from None
    options = PATIENCE | options
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, **POOL_PATIENCE}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "DISABLE_SERVER_SIDE_CURSORS": not pool_size,  # PgBouncer gives the next statement another connection
        "CONN_HEALTH_CHECKS": True,
    }
