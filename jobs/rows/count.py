"""Keeps the counts of finished jobs, in the transaction that finishes or brings back the jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.dialect import run
from jobs.states import FINISHED

_ADD = """
INSERT INTO jobs_queuecount (queue, state, shard, count) VALUES (%s, %s, %s, %s)
ON CONFLICT (queue, state, shard) DO UPDATE SET count = jobs_queuecount.count + excluded.count"""


def add_counts(
    connection: BaseDatabaseWrapper, moved: Iterable[tuple[str, str]], *, shard: str = "", by: int = 1
) -> None:
    """Add (queue, state) pairs of jobs that entered (`by` 1) or left (−1) a finished state."""
    for (queue, state), count in sorted(Counter(moved).items()):
        if state in FINISHED:
            run(connection, _ADD, [queue, state, shard, count * by])
