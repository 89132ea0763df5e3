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
from jobs.rows.dialect import wrapper
from jobs.rows.standing import standings
from jobs.services.dispatching import move
from jobs.states import PENDING, STARTABLE, State

STEP = 1_000
"""Jobs a transaction."""


def change_priority(ids: Sequence[str | UUID], *, priority: int, using: str = "default") -> list[str]:
    """Give jobs that have not started another priority (0 to 1000); return the ids changed.

    It stays with the job for good: through retries, promotion and lost workers.
    """
    check_priority(priority)
    return _steps(ids, PENDING, {"priority": priority}, using)


def change_delay(ids: Sequence[str | UUID], *, delay: timedelta | int, using: str = "default") -> list[str]:
    """Let jobs that have not started start `delay` (milliseconds or timedelta) from now; return the ids changed."""
    delay_ms = check_delay(delay)
    changes: dict[str, Any] = {"state": State.WAITING, "run_at": Now()}
    if delay_ms:
        changes = {"state": State.DELAYED, "run_at": Now() + timedelta(milliseconds=delay_ms)}
    return _steps(ids, STARTABLE, changes, using)


def promote(ids: Sequence[str | UUID], *, using: str = "default") -> list[str]:
    """Let delayed jobs start now, priority kept; return the ids moved."""
    return _steps(ids, [State.DELAYED], {"state": State.WAITING, "run_at": Now()}, using)


def promote_all(*, queue: str, limit: int | None = None, using: str = "default") -> int:
    """Promote all delayed jobs of a queue, the soonest first, in bounded steps; return how many."""
    total = 0
    while limit is None or total < limit:
        step = STEP if limit is None else min(STEP, limit - total)
        delayed = _jobs(using).filter(queue=queue, state=State.DELAYED, finished_at=None).order_by("run_at", "pk")
        moved = len(promote(list(delayed.values_list("pk", flat=True)[:step]), using=using))
        total += moved
        if moved < step:
            break
    return total


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)


def _steps(ids: Sequence[str | UUID], states: Sequence[str], changes: dict[str, Any], using: str) -> list[str]:
    changed: list[str] = []
    for start in range(0, len(ids), STEP):
        with transaction.atomic(using=using):
            changed += _step([str(i) for i in ids[start : start + STEP]], states, changes, using)
    return changed


def _step(ids: Sequence[str], states: Sequence[str], changes: dict[str, Any], using: str) -> list[str]:
    locked = _jobs(using).filter(pk__in=ids, state__in=states).select_for_update().order_by("pk")
    found = [str(pk) for pk in locked.values_list("pk", flat=True)]
    _jobs(using).filter(pk__in=found, state__in=states).update(asked_at=Now(), **changes)
    transaction.on_commit(_mover(found, using), using=using)
    return found


def _mover(ids: Sequence[str], using: str) -> Callable[[], None]:
    """Return what tells Redis after the commit; it reads the rows again, so the latest of two changes wins."""

    def tell() -> None:
        rows = standings(wrapper(using), ids) if ids else {}
        entries = [Entry(row.queue, row.id, row.priority, row.due_in_ms) for row in rows.values() if row.startable]
        if entries:
            move(entries)

    return tell
