"""Enqueues under a key: the key's row is locked, so that of any number of callers one makes the job."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Model, QuerySet, Sum
from django.db.models.functions import Now

from jobs.dedup import Dedup, Mode, Won
from jobs.draft import Draft
from jobs.errors import NotPermitted
from jobs.ids import new_uuid
from jobs.on_failure import OnFailure
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.services.change import move_on_commit
from jobs.services.enqueue import enqueue
from jobs.services.operator_audit import Change, audit_changes
from jobs.services.permissions import permit
from jobs.services.plant import Planned, plant
from jobs.states import FINISHED, PENDING, State

if TYPE_CHECKING:
    from jobs.models import DedupKey, Job


@dataclass(frozen=True, slots=True)
class Decided:
    """The job that an enqueue under a key came to, and how."""

    id: str
    won: Won


def enqueue_once(draft: Draft, dedup: Dedup, *, using: str = "default") -> Decided:
    """Enqueue a draft under a key in the caller's transaction, else in one of its own; say what won.

    Others under the key wait for that transaction. The clock is the database's.
    """
    if dedup.mode == Mode.DEBOUNCE:
        draft = replace(draft, delay_ms=dedup.window_ms)
    with transaction.atomic(using=using):
        held = _hold(draft, dedup.key, using)
        job = _holder(held, using, lock=dedup.mode in _REPLACES)
        decided = _RULES[dedup.mode](draft, dedup, held, job, using) or _make(draft, using)
        _keep(held, decided, dedup, using)
    return decided


def release(
    *, queue: str, key: str, tenant: str = "", by: Operator = SYSTEM, reason: str = "", using: str = "default"
) -> bool:
    """Let go of a key, so that the next enqueue under it makes a job; false if nothing was held.

    Raises NotPermitted.
    """
    if not permit(by, Deed.RETRY).holds(queue=queue, tenant=tenant):
        raise NotPermitted(Deed.RETRY)
    with transaction.atomic(using=using):
        keys = _keys(using).filter(queue=queue, tenant=tenant, key=key).exclude(job=None)
        held: list[Any] = list(keys.select_for_update())
        keys.update(job=None, held_until=None)
        changes = [
            Change(
                action="RELEASE",
                entity_type="DEDUP_KEY",
                entity_id=str(row.pk),
                before={"job": str(row.job_id)},
                after={"job": None},
                tenant=tenant,
                metadata={"queue": queue, "key": key},
            )
            for row in held
        ]
        audit_changes(changes, by=by, reason=reason, using=using)
    return bool(held)


def saved(queue: str, *, using: str = "default") -> dict[str, int]:
    """Return how many payloads the keys of a queue have dropped (kept) and replaced, as far as they are remembered."""
    found = _keys(using).filter(queue=queue).aggregate(kept=Sum("kept", default=0), replaced=Sum("replaced", default=0))
    return {name: int(count) for name, count in found.items()}


def forget_keys(*, older_than: timedelta, limit: int = 1_000, using: str = "default") -> int:
    """Delete up to `limit` keys that nobody has used for so long and that hold nothing; return how many."""
    old = _keys(using).filter(used_at__lt=Now() - older_than).exclude(held_until__gt=Now())
    idle = [pk for pk, state in old.values_list("pk", "job__state")[:limit] if state is None or state in FINISHED]
    deleted, _ = _keys(using).filter(pk__in=idle, used_at__lt=Now() - older_than).delete()
    return deleted


def _hold(draft: Draft, key: str, using: str) -> DedupKey:
    """Return the key's row, locked."""
    model = apps.get_model("jobs", "DedupKey")
    mine = model(pk=new_uuid(), queue=draft.queue, tenant=draft.tenant, key=key)
    _keys(using).bulk_create([mine], ignore_conflicts=True)
    rows = _keys(using).annotate(now=Now()).filter(queue=draft.queue, tenant=draft.tenant, key=key)
    row: DedupKey = rows.select_for_update().get()
    return row


def _holder(held: DedupKey, using: str, *, lock: bool) -> Job | None:
    """Return the job made last; with `lock` it is not claimed while it is replaced."""
    if held.job_id is None:
        return None
    jobs: QuerySet[Job] = _jobs(using).annotate(now=Now()).filter(pk=held.job_id)
    rows = jobs.only("pk", "state", "attempts", "run_at", "created_at")
    return (rows.select_for_update() if lock else rows).first()


def _until_done(_: Draft, __: Dedup, ___: DedupKey, job: Job | None, ____: str) -> Decided | None:
    return Decided(str(job.pk), Won.KEPT) if job and job.state not in FINISHED else None


def _throttle(_: Draft, __: Dedup, held: DedupKey, ___: Job | None, ____: str) -> Decided | None:
    now: Any = held.now  # type: ignore[attr-defined]  # annotated
    inside = held.job_id and held.held_until and held.held_until > now
    return Decided(str(held.job_id), Won.KEPT) if inside else None


def _debounce(draft: Draft, dedup: Dedup, _: DedupKey, job: Job | None, using: str) -> Decided | None:
    if job is None or job.state not in PENDING or job.attempts:
        return None
    changes = _payload(draft)
    now: Any = job.now  # type: ignore[attr-defined]  # annotated
    if job.state == State.DELAYED and job.run_at > now:
        run_at = now + timedelta(milliseconds=dedup.window_ms)
        if dedup.longest_ms:
            run_at = max(now, min(run_at, job.created_at + timedelta(milliseconds=dedup.longest_ms)))
        changes |= {"run_at": run_at, "asked_at": Now()}
    _jobs(using).filter(pk=job.pk).update(**changes)
    move_on_commit([str(job.pk)], using)
    return Decided(str(job.pk), Won.REPLACED)


def _keep_last(draft: Draft, _: Dedup, __: DedupKey, job: Job | None, using: str) -> Decided | None:
    if job is None or job.state in FINISHED:
        return None
    if job.state in PENDING:
        _jobs(using).filter(pk=job.pk).update(**_payload(draft))
        return Decided(str(job.pk), Won.REPLACED)
    parked = Planned(draft=draft, after={str(job.pk): OnFailure.IGNORE})
    return Decided(plant([parked], name="keep last", using=using).placed[0].id, Won.PARKED)


def _payload(draft: Draft) -> dict[str, Any]:
    return {"payload": json.loads(draft.payload), "options": json.loads(draft.options), "priority": draft.priority}


def _make(draft: Draft, using: str) -> Decided:
    placed = enqueue([draft], using=using)[0]
    return Decided(placed.id, Won.NEW if placed.created else Won.KEPT)


def _keep(held: DedupKey, decided: Decided, dedup: Dedup, using: str) -> None:
    changes: dict[str, Any] = {"job": decided.id, "used_at": Now()}
    if decided.won == Won.KEPT:
        changes["kept"] = F("kept") + 1
    elif decided.won == Won.REPLACED:
        changes["replaced"] = F("replaced") + 1
    elif dedup.mode == Mode.THROTTLE:
        changes["held_until"] = Now() + timedelta(milliseconds=dedup.window_ms)
    _keys(using).filter(pk=held.pk).update(**changes)


_RULES: dict[Mode, Callable[[Draft, Dedup, DedupKey, Job | None, str], Decided | None]] = {
    Mode.UNTIL_DONE: _until_done,
    Mode.THROTTLE: _throttle,
    Mode.DEBOUNCE: _debounce,
    Mode.KEEP_LAST: _keep_last,
}
"""Mode → what becomes of an enqueue while the key is held; None: a job is made."""


_REPLACES = (Mode.DEBOUNCE, Mode.KEEP_LAST)


def _keys(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "DedupKey").objects.using(using)


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)
