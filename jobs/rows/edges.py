"""Ends edges and moves the jobs that waited: few statements for any number, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.on_failure import CHILD_FAILED, Ended, OnFailure
from jobs.rows.dialect import GROUP, POSTGRESQL, SQLITE_NOW, columns, id_list, key, run, text_id

_PAIRS = {
    POSTGRESQL: "unnest(%s::uuid[], %s::text[]) AS given(id, word)",
    "sqlite": "(SELECT value ->> 0 AS id, value ->> 1 AS word FROM json_each(%s)) AS given",
}
_IN = {POSTGRESQL: "= ANY(%s::uuid[])", "sqlite": "IN (SELECT value FROM json_each(%s))"}
_NOW = {POSTGRESQL: "statement_timestamp()", "sqlite": SQLITE_NOW}
_DUE = {
    POSTGRESQL: "GREATEST(0, CEIL(EXTRACT(EPOCH FROM run_at - statement_timestamp()) * 1000))::bigint",
    "sqlite": f"MAX(0, CAST((julianday(run_at) - julianday({SQLITE_NOW})) * 86400000 + 0.999 AS INTEGER))",
}

_END = """
UPDATE jobs_edge SET ended = given.word FROM {pairs}
WHERE jobs_edge.child_id = given.id AND jobs_edge.ended = ''
    AND (given.word = 'completed' OR jobs_edge.on_failure <> 'wait')
RETURNING parent_id, child_id, on_failure, ended"""

_FREE = """
UPDATE jobs_job SET state = CASE WHEN run_at > {now} THEN 'delayed' ELSE 'waiting' END,
    run_at = {greatest}(run_at, {now}), asked_at = {now}
WHERE id {ids} AND state = 'blocked' AND (
    id {at_once} OR NOT EXISTS (SELECT 1 FROM jobs_edge WHERE parent_id = jobs_job.id AND ended = ''))
RETURNING id, queue, priority, {due}, {group}"""

_STOP = """
UPDATE jobs_job SET state = %s, finished_at = {now}, generation = generation + 1, error_type = %s, error = given.word,
    fingerprint = CASE WHEN %s = 'failed' THEN 'ChildFailed' ELSE '' END,
    cancel_reason = CASE WHEN %s = 'cancelled' THEN {cut} ELSE '' END
FROM {pairs} WHERE jobs_job.id = given.id AND jobs_job.state = 'blocked'
RETURNING jobs_job.id, jobs_job.queue"""


Freed = tuple[str, str, int, int, str]
"""Queue, id, priority, ms until due and group: the fields of an entry."""


@dataclass(frozen=True, slots=True)
class EndedEdge:
    """An edge that has just ended."""

    parent: str
    child: str
    on_failure: OnFailure
    ended: Ended

    @property
    def broken(self) -> bool:
        """Whether the job waited for has not done what it was waited for."""
        return self.ended not in (Ended.COMPLETED, Ended.FREED)


def end_edges(connection: BaseDatabaseWrapper, ended: Mapping[str, str]) -> list[EndedEdge]:
    """End the open edges to jobs (id → how they ended); those that wait for completion stay open."""
    sql = _END.format(pairs=_PAIRS[connection.vendor])
    return [
        EndedEdge(text_id(parent), text_id(child), OnFailure(policy), Ended(word))
        for parent, child, policy, word in run(connection, sql, _pairs(connection, ended))
    ]


def lock_blocked(connection: BaseDatabaseWrapper, ids: Iterable[str]) -> list[str]:
    """Lock those of `ids` that are blocked and return them.

    A statement of its own: whoever waited for the lock must see, in the next one, which edges the other has ended.
    """
    lock = "FOR UPDATE" if connection.vendor == POSTGRESQL else ""
    sql = f"SELECT id FROM jobs_job WHERE id {_IN[connection.vendor]} AND state = 'blocked' ORDER BY id {lock}"
    return [text_id(row[0]) for row in run(connection, sql, [id_list(connection, ids)])]


def free(connection: BaseDatabaseWrapper, ids: Sequence[str], *, at_once: Iterable[str] = ()) -> list[Freed]:
    """Let those of `ids` go that wait for nothing any more, and those of `at_once` anyhow; the caller has locked them.

    What they have waited so far is not the wait of a queue: their time begins now.
    """
    vendor = connection.vendor
    sql = _FREE.format(
        now=_NOW[vendor],
        greatest="GREATEST" if vendor == POSTGRESQL else "MAX",
        ids=_IN[vendor],
        at_once=_IN[vendor],
        due=_DUE[vendor],
        group=GROUP,
    )
    rows = run(connection, sql, [id_list(connection, ids), id_list(connection, at_once)])
    return [(queue, text_id(id_), priority, due, group) for id_, queue, priority, due, group in rows]


def stop(connection: BaseDatabaseWrapper, why: Mapping[str, str], *, state: str) -> list[tuple[str, str]]:
    """End blocked jobs (id → why) that will never start; return (id, queue) of each."""
    vendor = connection.vendor
    cut = "left(given.word, 400)" if vendor == POSTGRESQL else "substr(given.word, 1, 400)"
    sql = _STOP.format(now=_NOW[vendor], pairs=_PAIRS[vendor], cut=cut)
    return [
        (text_id(id_), queue)
        for id_, queue in run(connection, sql, [state, CHILD_FAILED, state, state, *_pairs(connection, why)])
    ]


def names(connection: BaseDatabaseWrapper, ids: Iterable[str]) -> dict[str, str]:
    """Return what to call jobs when telling a person of them: actor and job id."""
    sql = f"SELECT id, actor, job_id FROM jobs_job WHERE id {_IN[connection.vendor]}"
    return {text_id(i): f"{actor} {job_id}" for i, actor, job_id in run(connection, sql, [id_list(connection, ids)])}


def _pairs(connection: BaseDatabaseWrapper, given: Mapping[str, str]) -> list[object]:
    rows = [(key(connection, id_), str(word)) for id_, word in given.items()]
    return list(columns(rows, 2)) if connection.vendor == POSTGRESQL else [json.dumps(rows)]
