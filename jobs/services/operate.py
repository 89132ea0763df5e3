"""What an operator may do to jobs: each verb one conditional update, row first, then Redis."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.db.models.functions import Now

from jobs.dispatch.entries import Entry
from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.services.dispatching import announce, remove, send_on_commit, tell
from jobs.states import FINISHED, PENDING, State

STEP = 1_000
"""Jobs a transaction."""


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)


def retry(ids: Sequence[str | UUID], *, states: Sequence[str] = FINISHED, using: str = "default") -> list[str]:
    """Bring jobs in finished `states` back to waiting, a fresh round of attempts, priority kept; return the ids moved.

    Whoever lists failed jobs and then retries them names the state again: one may have been retried and completed
    in between.
    """
    moved: list[str] = []
    for start in range(0, len(ids), STEP):
        moved += _retry_step([str(i) for i in ids[start : start + STEP]], states, using)
    return moved


def _retry_step(ids: Sequence[str], states: Sequence[str], using: str) -> list[str]:
    with transaction.atomic(using=using):
        found = _jobs(using).filter(pk__in=ids, state__in=states).select_for_update(skip_locked=_skips(using))
        rows = list(found.order_by("pk").values_list("pk", "queue", "priority", "state"))
        _jobs(using).filter(pk__in=[row[0] for row in rows], state__in=states).update(
            state=State.WAITING,
            generation=F("generation") + 1,
            attempts=0,
            losses=0,
            suspect=False,
            run_at=Now(),
            asked_at=Now(),
            finished_at=None,
            cancel_requested_at=None,
            progress=None,
            result=None,
            error="",
            error_type="",
        )
        add_counts(wrapper(using), [(queue, state) for _, queue, _, state in rows], by=-1)
        entries = [Entry(queue, str(pk), priority) for pk, queue, priority, _ in rows]
        send_on_commit(wrapper(using), entries, replace_known=True)
    return [entry.id for entry in entries]


def retry_all(*, queue: str, state: str = State.FAILED, limit: int | None = None, using: str = "default") -> int:
    """Retry all jobs of a queue that are in a finished state now, oldest first, in bounded steps; return how many."""
    total = 0
    begun = Now()
    wanted = _jobs(using).filter(queue=queue, state=state, finished_at__lte=begun).order_by("finished_at", "pk")
    ids = list(wanted.values_list("pk", flat=True)[:limit])
    for start in range(0, len(ids), STEP):
        total += len(_retry_step([str(i) for i in ids[start : start + STEP]], [state], using))
    return total


def cancel(ids: Sequence[str | UUID], *, using: str = "default") -> list[str]:
    """Cancel jobs: those that have not started at once, running ones are asked to stop; return the ids concerned."""
    texts = [str(i) for i in ids]
    with transaction.atomic(using=using):
        found = _jobs(using).filter(pk__in=texts).select_for_update().order_by("pk")
        rows = list(found.values_list("pk", "queue", "state", "worker"))
        pending = [row for row in rows if row[2] in PENDING]
        running = [row for row in rows if row[2] == State.ACTIVE]
        _jobs(using).filter(pk__in=[row[0] for row in pending], state__in=PENDING).update(
            state=State.CANCELLED, generation=F("generation") + 1, finished_at=Now(), cancel_requested_at=Now()
        )
        _jobs(using).filter(pk__in=[row[0] for row in running]).update(cancel_requested_at=Now())
        add_counts(wrapper(using), [(row[1], State.CANCELLED) for row in pending])
        transaction.on_commit(lambda: _tell_redis(pending, running), using=using)
    return [str(row[0]) for row in pending + running]


def _tell_redis(pending: Sequence[tuple[object, ...]], running: Sequence[tuple[object, ...]]) -> None:
    for queue in sorted({str(row[1]) for row in pending}):
        remove(queue, [str(row[0]) for row in pending if row[1] == queue])
    announce([(str(row[0]), "cancelled", str(row[1])) for row in pending])
    for row in running:
        tell(str(row[3]), f"cancel:{row[0]}")


def drain(*, queue: str, using: str = "default") -> int:
    """Cancel everything of a queue that has not started, in bounded steps; return how many."""
    total = 0
    while True:
        waiting = _jobs(using).filter(queue=queue, state__in=PENDING, finished_at=None).order_by("asked_at", "pk")
        ids = list(waiting.values_list("pk", flat=True)[:STEP])
        if not ids:
            return total
        total += len(cancel(ids, using=using))


def _skips(using: str) -> bool:
    return bool(wrapper(using).features.has_select_for_update_skip_locked)
