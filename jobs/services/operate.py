"""What an operator may do to jobs: each verb one conditional update, row first, then Redis."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.db.models.functions import Now

from jobs.dispatch.entries import Entry
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.rows.bring_back import bring_back_rows
from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.services.dispatching import announce, remove, send_on_commit, tell
from jobs.services.follow import follow
from jobs.services.operator_audit import Moved, audit_jobs, audit_queue
from jobs.services.permissions import permit
from jobs.services.reopen import reopen
from jobs.states import FINISHED, PENDING, State

STEP = 1_000
"""Jobs a transaction."""


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)


def retry(
    ids: Sequence[str | UUID],
    *,
    states: Sequence[str] = FINISHED,
    by: Operator = SYSTEM,
    reason: str = "",
    using: str = "default",
) -> list[str]:
    """Bring jobs in finished `states` back to waiting, a fresh round of attempts, priority kept; return the ids moved.

    Whoever lists failed jobs and then retries them names the state again: one may have been retried and completed
    in between.
    """
    within = permit(by, Deed.RETRY).ids(ids, using=using)
    moved: list[str] = []
    for start in range(0, len(within), STEP):
        with transaction.atomic(using=using):
            step = bring_back(within[start : start + STEP], states=states, using=using)
            audit_jobs("RETRY", step, by=by, reason=reason, using=using)
        moved += [job.id for job in step]
    return moved


def bring_back(ids: Sequence[str], *, states: Sequence[str], using: str) -> list[Moved]:
    """Do a retry in the caller's transaction, without an audit; return what moved."""
    found = bring_back_rows(wrapper(using), ids, states)
    add_counts(wrapper(using), [(job.queue, job.state) for job in found], by=-1)
    blocked = reopen([job.id for job in found if job.in_flow], using=using)
    entries = [Entry(job.queue, job.id, job.priority, group=job.group) for job in found if job.id not in blocked]
    send_on_commit(wrapper(using), entries, replace_known=True)
    return [
        Moved(
            id=job.id,
            queue=job.queue,
            tenant=job.tenant,
            before={"state": job.state, "attempts": job.attempts},
            after={"state": State.BLOCKED if job.id in blocked else State.WAITING, "attempts": 0},
        )
        for job in found
    ]


def cancel(ids: Sequence[str | UUID], *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> list[str]:
    """Cancel jobs: those that have not started at once, running ones are asked to stop; return the ids concerned."""
    with transaction.atomic(using=using):
        moved = call_off(permit(by, Deed.CANCEL).ids(ids, using=using), by=by, reason=reason, using=using)
        audit_jobs("CANCEL", moved, by=by, reason=reason, using=using)
    return [job.id for job in moved]


def call_off(
    ids: Sequence[str],
    *,
    states: Sequence[str] = (*PENDING, State.ACTIVE),
    by: Operator = SYSTEM,
    reason: str = "",
    using: str,
) -> list[Moved]:
    """Do a cancel in the caller's transaction, without an audit; return what is concerned, the pending ones first."""
    why = {"cancelled_by": by.user_id[:150], "cancel_reason": reason[:400]}
    found = _jobs(using).filter(pk__in=ids, state__in=states).select_for_update().order_by("pk")
    rows = list(found.values_list("pk", "queue", "state", "worker", "tenant", "flow_id"))
    pending = [row for row in rows if row[2] in PENDING]
    running = [row for row in rows if row[2] == State.ACTIVE]
    _jobs(using).filter(pk__in=[row[0] for row in pending], state__in=PENDING).update(
        state=State.CANCELLED, generation=F("generation") + 1, finished_at=Now(), cancel_requested_at=Now(), **why
    )
    _jobs(using).filter(pk__in=[row[0] for row in running]).update(cancel_requested_at=Now(), **why)
    add_counts(wrapper(using), [(row[1], State.CANCELLED) for row in pending])
    followed = follow(wrapper(using), {str(row[0]): State.CANCELLED for row in pending if row[5]})
    send_on_commit(wrapper(using), followed.entries)
    transaction.on_commit(lambda: _tell_redis(pending, running, followed.events), using=using)
    return [
        Moved(
            id=str(pk),
            queue=queue,
            tenant=tenant,
            before={"state": state},
            after={"state": state, "cancelRequested": True} if state == State.ACTIVE else {"state": State.CANCELLED},
        )
        for pk, queue, state, _, tenant, _ in pending + running
    ]


def _tell_redis(
    pending: Sequence[tuple[object, ...]],
    running: Sequence[tuple[object, ...]],
    events: Sequence[tuple[str, str, str]],
) -> None:
    for queue in sorted({str(row[1]) for row in pending}):
        remove(queue, [str(row[0]) for row in pending if row[1] == queue])
    announce([*((str(row[0]), "cancelled", str(row[1])) for row in pending), *events])
    for row in running:
        tell(str(row[3]), f"cancel:{row[0]}")


def drain(*, queue: str, delayed: bool = False, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> int:
    """Cancel what waits in a queue, with `delayed` also what is delayed or blocked, in bounded steps; return how many.

    The audit log tells of the queue, once a step, not of each job.
    """
    total = 0
    within = permit(by, Deed.CANCEL).narrow(_jobs(using).filter(queue=queue))
    while True:
        pending = within.filter(state__in=PENDING, finished_at=None).order_by("asked_at", "pk")
        waiting = pending if delayed else pending.exclude(state=State.BLOCKED).filter(run_at__lte=Now())
        ids = [str(pk) for pk in waiting.values_list("pk", flat=True)[:STEP]]
        if not ids:
            return total
        with transaction.atomic(using=using):
            moved = call_off(ids, by=by, reason=reason, using=using)
            audit_queue("DRAIN", queue, after={"cancelled": len(moved)}, by=by, reason=reason, using=using)
        total += len(moved)
