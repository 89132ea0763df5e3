"""Enqueues: rows in the caller's transaction, ids to Redis on its commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, transaction

from jobs.counters import COUNTERS
from jobs.dispatch.entries import Entry
from jobs.draft import Draft
from jobs.rows.dialect import wrapper
from jobs.rows.insert import find_known, insert
from jobs.services.dispatching import send_on_commit

CHUNK = 2_000
"""Rows a statement."""


@dataclass(slots=True)  # one a job: frozen would cost 1 us more
class Placed:
    """Where a draft ended: its own new row, or the one that has had its (queue, job_id) before."""

    id: str
    draft: Draft
    created: bool


def enqueue(drafts: Sequence[Draft], *, using: str = DEFAULT_DB_ALIAS) -> list[Placed]:
    """Insert drafts, all or nothing, in the caller's transaction (else one of its own), and send them on commit.

    A draft whose (queue, job_id) is known makes no job: the answer names the row that is there.
    """
    connection = wrapper(using)
    if connection.in_atomic_block or len(drafts) <= CHUNK:
        return _enqueue(drafts, using)
    with transaction.atomic(using=using):
        return _enqueue(drafts, using)


def _enqueue(drafts: Sequence[Draft], using: str) -> list[Placed]:
    connection = wrapper(using)
    placed: dict[tuple[str, str], str] = {}
    fresh: set[str] = set()
    for start in range(0, len(drafts), CHUNK):
        left = list(drafts[start : start + CHUNK])
        while left:
            fresh |= insert(connection, left)
            lost = [d for d in left if d.id not in fresh]
            known = find_known(connection, lost) if lost else {}
            placed |= known
            # A row that stood in the way and is gone again (rolled back, pruned) frees its key: insert again.
            left = [d for d in lost if (d.queue, d.job_id) not in known]
    if fresh:
        entries = [Entry(d.queue, d.id, d.priority, d.delay_ms, d.group) for d in drafts if d.id in fresh]
        send_on_commit(connection, entries)
        for queue, inserted in Counter(entry.queue for entry in entries).items():
            COUNTERS.count("jobs_enqueued", inserted, queue=queue)
    return [Placed(d.id if d.id in fresh else placed[(d.queue, d.job_id)], d, d.id in fresh) for d in drafts]
