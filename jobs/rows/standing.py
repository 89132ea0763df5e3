"""How rows stand right now: what a claim, a record or a beat goes by when it was not simply obeyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.dialect import GROUP, POSTGRESQL, SQLITE_NOW, id_list, key, run, text_id
from jobs.states import STARTABLE, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One row's fence, state and the ms until it is due."""

    id: str
    queue: str
    priority: int
    state: State
    worker: str | None
    generation: int
    due_in_ms: int
    cancel_requested: bool
    expired: bool
    group: str = ""

    @property
    def startable(self) -> bool:
        """Whether a claim could take it, now or when due."""
        return self.state in STARTABLE

    def held_by(self, process: str) -> bool:
        """Whether it runs under this process."""
        return self.state == State.ACTIVE and self.worker == process


_COLUMNS = "id, queue, priority, state, worker, generation, cancel_requested_at IS NOT NULL"
_NOW = {POSTGRESQL: "statement_timestamp()", "sqlite": SQLITE_NOW}
_DUE_POSTGRESQL = "GREATEST(0, CEIL(EXTRACT(EPOCH FROM run_at - statement_timestamp()) * 1000))::bigint"
_DUE_SQLITE = f"MAX(0, CAST((julianday(run_at) - julianday({SQLITE_NOW})) * 86400000 + 0.999 AS INTEGER))"
_WHERE = {POSTGRESQL: "id = ANY(%s::uuid[])", "sqlite": "id IN (SELECT value FROM json_each(%s))"}


def standings(connection: BaseDatabaseWrapper, ids: Sequence[str]) -> dict[str, Standing]:
    """Return how the rows of `ids` stand; ids without a row are missing."""
    return _read(connection, _WHERE[connection.vendor], [id_list(connection, ids)])


def held(connection: BaseDatabaseWrapper, process: str) -> dict[str, Standing]:
    """Return the rows that run under a process; scans the unfinished ones."""
    condition = "finished_at IS NULL AND state = 'active' AND worker = %s"
    return _read(connection, condition, [key(connection, process)])


def _read(connection: BaseDatabaseWrapper, condition: str, params: list[object]) -> dict[str, Standing]:
    due = _DUE_POSTGRESQL if connection.vendor == POSTGRESQL else _DUE_SQLITE
    late = f"expires_at IS NOT NULL AND expires_at <= {_NOW[connection.vendor]}"
    return {
        text_id(row[0]): Standing(
            id=text_id(row[0]),
            queue=row[1],
            priority=row[2],
            state=State(row[3]),
            worker=text_id(row[4]) if row[4] else None,
            generation=row[5],
            cancel_requested=bool(row[6]),
            due_in_ms=row[7],
            expired=bool(row[8]),
            group=row[9],
        )
        for row in run(connection, f"SELECT {_COLUMNS}, {due}, {late}, {GROUP} FROM jobs_job WHERE {condition}", params)
    }
