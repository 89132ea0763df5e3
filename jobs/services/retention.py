"""Deletes finished jobs that have been kept long enough, or of which enough are kept: bounded, of idle queues too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Now

from jobs.keeping import Keeping
from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.services.limits import retention
from jobs.services.prune import delete_jobs, unneeded
from jobs.services.queues import queue_names
from jobs.states import FINISHED

STEP = 1_000
"""Jobs a transaction."""
Place = tuple[datetime, UUID]
"""Where a sweep is: the end and the id of the last job it has looked at."""
Seen = tuple[UUID, str, str, datetime | None]


def sweep(*, after: Place | None, limit: int = 5_000, using: str = "default") -> tuple[int, Place | None]:
    """Look at the next `limit` ended jobs behind `after`, the longest ended first, and delete what is too old.

    Returns how many are gone and where to go on, None at the end. Since queues and states are kept differently long,
    what may go stands among what stays: a sweep passes it once instead of looking for it anew.
    """
    keeping = _Cache()
    old = _jobs(using).filter(finished_at__lt=Now() - keeping.shortest())
    if after:
        old = old.filter(Q(finished_at__gt=after[0]) | Q(pk__gt=after[1]), finished_at__gte=after[0])
    columns = ("pk", "queue", "state", "finished_at")
    rows = list(old.annotate(now=Now()).order_by("finished_at", "pk").values_list(*columns, "now")[:limit])
    due = [row[:4] for row in rows if row[4] - row[3] > keeping[row[1]].age(row[2])]
    gone = sum(delete_seen(due[start : start + STEP], using=using) for start in range(0, len(due), STEP))
    return gone, (rows[-1][3], rows[-1][0]) if len(rows) == limit else None


def trim(*, limit: int = 5_000, using: str = "default") -> int:
    """Delete up to `limit` jobs where a queue has more of a state than it keeps, never the newest; return how many."""
    counts = apps.get_model("jobs", "QueueCount").objects.using(using).values("queue", "state")
    kept = {(row["queue"], row["state"]): row["total"] for row in counts.annotate(total=Sum("count"))}
    gone = 0
    for queue in queue_names():
        keeping = retention(queue)
        for state in FINISHED:
            most = keeping.most(state)
            if most is not None and kept.get((queue, state), 0) > most:
                gone += _trim(queue, state, most, limit - gone, using)
    return gone


def _trim(queue: str, state: str, most: int, limit: int, using: str) -> int:
    """Delete what ended before the newest `most`, beginning at these: the index leads straight there."""
    ended = _jobs(using).filter(queue=queue, state=state, finished_at__isnull=False).order_by("-finished_at", "-pk")
    first = ended.values_list("finished_at", "pk")[most : most + 1].first()
    if first is None:
        return 0
    rest = ended.filter(Q(finished_at__lt=first[0]) | Q(pk__lte=first[1]), finished_at__lte=first[0])
    rows = list(rest.values_list("pk", "queue", "state", "finished_at")[:limit])
    return sum(delete_seen(rows[start : start + STEP], using=using) for start in range(0, len(rows), STEP))


def delete_seen(seen: Sequence[Seen], *, using: str) -> int:
    """Delete jobs that still are as they were seen and that no flow needs; return how many.

    Locked rows are skipped, so that a retry or a reader never waits.
    """
    skip = bool(wrapper(using).features.has_select_for_update_skip_locked)
    ends = {row[0]: row[3] for row in seen}
    with transaction.atomic(using=using):
        mine = _jobs(using).filter(unneeded(using), pk__in=ends, finished_at__isnull=False)
        held = mine.select_for_update(skip_locked=skip)
        rows = held.order_by("pk").values_list("pk", "queue", "state", "finished_at")
        same = [row for row in rows if row[3] == ends[row[0]]]
        delete_jobs([row[0] for row in same], using)
        add_counts(wrapper(using), [(row[1], row[2]) for row in same], by=-1)
    return len(same)


class _Cache(dict[str, Keeping]):
    """What each queue keeps, read once a sweep; queues that only old rows name go by the settings."""

    def __missing__(self, queue: str) -> Keeping:
        self[queue] = retention(queue)
        return self[queue]

    def shortest(self) -> timedelta:
        """Return the shortest age of all."""
        return min(self[name].age(state) for name in [*queue_names(), ""] for state in FINISHED)


def _jobs(using: str) -> Any:
    return apps.get_model("jobs", "Job").objects.using(using)
