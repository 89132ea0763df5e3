"""Changes when and in which order jobs start that have not started: each verb one conditional update, then Redis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import Now

from jobs.dispatch.entries import Entry
from jobs.draft import check_delay, check_priority
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.rows.dialect import wrapper
from jobs.rows.standing import standings
from jobs.services.dispatching import move
from jobs.services.operator_audit import Moved, audit_jobs, plain
from jobs.services.permissions import permit
from jobs.states import PENDING, STARTABLE, State

STEP = 1_000
"""Jobs a transaction."""


def change_priority(
    ids: Sequence[str | UUID], *, priority: int, by: Operator = SYSTEM, reason: str = "", using: str = "default"
) -> list[str]:
    """Give jobs that have not started another priority (0 to 1000); return the ids changed.

    It stays with the job for good: through retries, promotion and lost workers.
    """
    check_priority(priority)

    def step(some: Sequence[str]) -> list[Moved]:
        return reprioritise(some, priority=priority, using=using)

    return _steps(ids, step, action="PRIORITY", by=by, reason=reason, using=using)


def change_delay(
    ids: Sequence[str | UUID],
    *,
    delay: timedelta | int,
    by: Operator = SYSTEM,
    reason: str = "",
    using: str = "default",
) -> list[str]:
    """Let jobs that have not started start `delay` (milliseconds or timedelta) from now; return the ids changed."""
    delay_ms = check_delay(delay)
    changes: dict[str, Any] = {"state": State.WAITING, "run_at": Now()}
    if delay_ms:
        changes = {"state": State.DELAYED, "run_at": Now() + timedelta(milliseconds=delay_ms)}
    after = {"state": changes["state"], "delayMs": delay_ms}

    def step(some: Sequence[str]) -> list[Moved]:
        return change_rows(some, STARTABLE, changes, after, using)

    return _steps(ids, step, action="DELAY", by=by, reason=reason, using=using)


def promote(ids: Sequence[str | UUID], *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> list[str]:
    """Let delayed jobs start now, priority kept; return the ids moved."""

    def step(some: Sequence[str]) -> list[Moved]:
        return bring_forward(some, using=using)

    return _steps(ids, step, action="PROMOTE", by=by, reason=reason, using=using)


def promote_all(
    *, queue: str, limit: int | None = None, by: Operator = SYSTEM, reason: str = "", using: str = "default"
) -> int:
    """Promote all delayed jobs of a queue, the soonest first, in bounded steps; return how many."""
    total = 0
    within = permit(by, Deed.RETRY).narrow(_jobs(using).filter(queue=queue))
    while limit is None or total < limit:
        step = STEP if limit is None else min(STEP, limit - total)
        delayed = within.filter(state=State.DELAYED, finished_at=None).order_by("run_at", "pk")
        moved = len(promote(list(delayed.values_list("pk", flat=True)[:step]), by=by, reason=reason, using=using))
        total += moved
        if moved < step:
            break
    return total


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)


def reprioritise(ids: Sequence[str], *, priority: int, states: Sequence[str] = PENDING, using: str) -> list[Moved]:
    """Change priorities in the caller's transaction, without an audit; return what changed."""
    changes = {"priority": check_priority(priority)}
    return change_rows(ids, states, changes, changes, using)


def bring_forward(ids: Sequence[str], *, using: str) -> list[Moved]:
    """Do a promote in the caller's transaction, without an audit; return what moved."""
    changes: dict[str, Any] = {"state": State.WAITING, "run_at": Now()}
    return change_rows(ids, [State.DELAYED], changes, {"state": State.WAITING}, using)


def _steps(
    ids: Sequence[str | UUID],
    step: Callable[[Sequence[str]], list[Moved]],
    *,
    action: str,
    by: Operator,
    reason: str,
    using: str,
) -> list[str]:
    within = permit(by, Deed.RETRY if action == "PROMOTE" else Deed.EDIT).ids(ids, using=using)
    changed: list[str] = []
    for start in range(0, len(within), STEP):
        with transaction.atomic(using=using):
            moved = step(within[start : start + STEP])
            audit_jobs(action, moved, by=by, reason=reason, using=using)
        changed += [job.id for job in moved]
    return changed


def change_rows(
    ids: Sequence[str], states: Sequence[str], changes: dict[str, Any], after: dict[str, Any], using: str
) -> list[Moved]:
    """Change columns of the jobs that are in `states`, in the caller's transaction, without an audit.

    Redis is told after the commit. Returns what changed: `before` has the columns as they were, `after` is the
    caller's.
    """
    locked = _jobs(using).filter(pk__in=ids, state__in=states).select_for_update().order_by("pk")
    found = [
        Moved(
            id=str(row["pk"]),
            queue=row["queue"],
            tenant=row["tenant"],
            before=plain({name: row[name] for name in changes}),
            after=after,
        )
        for row in locked.values("pk", "queue", "tenant", *changes)
    ]
    moved = [job.id for job in found]
    _jobs(using).filter(pk__in=moved, state__in=states).update(asked_at=Now(), **changes)
    move_on_commit(moved, using)
    return found


def move_on_commit(ids: Sequence[str], using: str) -> None:
    """Tell Redis after the commit; it reads the rows again, so the latest of two changes wins."""

    def tell() -> None:
        rows = standings(wrapper(using), ids) if ids else {}
        entries = [
            Entry(row.queue, row.id, row.priority, row.due_in_ms, row.group) for row in rows.values() if row.startable
        ]
        if entries:
            move(entries)

    transaction.on_commit(tell, using=using)
