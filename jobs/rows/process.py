"""Processes and their leases, by the database's clock."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.dialect import POSTGRESQL, SQLITE_NOW, id_list, key, run, sqlite_later, text_id


def _sql(connection: BaseDatabaseWrapper, text: str) -> str:
    """Fill in the clock: {now} and {later}, the latter with one parameter in seconds."""
    if connection.vendor == POSTGRESQL:
        return text.format(now="statement_timestamp()", later="statement_timestamp() + %s * interval '1 second'")
    return text.format(now=SQLITE_NOW, later=sqlite_later("%s * 1000"))


def register(
    connection: BaseDatabaseWrapper,
    process: str,
    *,
    supervisor: str,
    host: str,
    pid: int,
    queues: Sequence[str],
    threads: int,
    lease_s: float,
) -> None:
    """Enter a process with its first lease; entering it again renews the lease and the pid, but lifts no fence."""
    sql = _sql(
        connection,
        "INSERT INTO jobs_process (id, supervisor, host, pid, queues, threads, started_at, lease_until) "
        "VALUES (%s, %s, %s, %s, %s, %s, {now}, {later}) "
        "ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, lease_until = excluded.lease_until",
    )
    ids = [key(connection, process), key(connection, supervisor)]
    run(connection, sql, [*ids, host, pid, json.dumps(list(queues)), threads, lease_s])


def renew(connection: BaseDatabaseWrapper, processes: Sequence[str], *, lease_s: float) -> set[str]:
    """Renew the leases of living processes; return those that may go on (a fenced or unknown one may not)."""
    where = "id = ANY(%s::uuid[])" if connection.vendor == POSTGRESQL else "id IN (SELECT value FROM json_each(%s))"
    sql = _sql(connection, "UPDATE jobs_process SET lease_until = {later} WHERE fenced_at IS NULL AND ")
    rows = run(connection, f"{sql}{where} RETURNING id", [lease_s, id_list(connection, processes)])
    return {text_id(row[0]) for row in rows}


def fence(connection: BaseDatabaseWrapper, process: str, *, only_overdue: bool = False) -> bool:
    """Fence a process for good; `only_overdue` spares one whose lease still runs. Tells whether this call did it."""
    overdue = " AND lease_until < {now}" if only_overdue else ""
    sql = _sql(connection, "UPDATE jobs_process SET fenced_at = {now} WHERE id = %s AND fenced_at IS NULL" + overdue)
    return bool(run(connection, sql + " RETURNING id", [key(connection, process)]))


def overdue(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the processes whose lease has run out and that nobody has fenced."""
    sql = _sql(connection, "SELECT id FROM jobs_process WHERE fenced_at IS NULL AND lease_until < {now}")
    return [text_id(row[0]) for row in run(connection, sql, [])]


def is_alive(connection: BaseDatabaseWrapper, process: str) -> bool:
    """Tell whether a process may still claim: known and not fenced."""
    sql = "SELECT 1 FROM jobs_process WHERE id = %s AND fenced_at IS NULL"
    return bool(run(connection, sql, [key(connection, process)]))


def read_orders(connection: BaseDatabaseWrapper, process: str) -> tuple[bool, bool]:
    """Tell whether a process is to be quiet, and whether it is to stop."""
    sql = "SELECT paused_at IS NOT NULL, stop_requested_at IS NOT NULL FROM jobs_process WHERE id = %s"
    rows = run(connection, sql, [key(connection, process)])
    return (bool(rows[0][0]), bool(rows[0][1])) if rows else (False, False)


def take_leadership(connection: BaseDatabaseWrapper, name: str, *, holder: str, lease_s: float) -> bool:
    """Become or stay leader: true if the row is ours or was up for taking."""
    sql = _sql(
        connection,
        "INSERT INTO jobs_leadership (name, holder, lease_until) VALUES (%s, %s, {later}) "
        "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until "
        "WHERE jobs_leadership.holder = excluded.holder OR jobs_leadership.lease_until < {now} RETURNING name",
    )
    return bool(run(connection, sql, [name, key(connection, holder), lease_s]))


def has_leader(connection: BaseDatabaseWrapper, name: str = "caretaker") -> bool:
    """Tell whether somebody holds a leadership now."""
    return bool(
        run(
            connection,
            _sql(connection, "SELECT 1 FROM jobs_leadership WHERE name = %s AND lease_until > {now}"),
            [name],
        )
    )


def leave_leadership(connection: BaseDatabaseWrapper, name: str, *, holder: str) -> None:
    """Give the leadership up, so that another need not wait for the lease."""
    run(connection, "DELETE FROM jobs_leadership WHERE name = %s AND holder = %s", [name, key(connection, holder)])
