"""Edits one job that does not run: what it is given, how urgent it is, and when it starts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import dramatiq
from django.apps import apps
from django.db import transaction
from django.db.models.functions import Now

from jobs.declare import JobActor
from jobs.draft import check_delay, check_priority, encode_payload
from jobs.errors import InvalidOption, InvalidPayload, JobLost, StaleJob
from jobs.operator import SYSTEM, Operator
from jobs.payload import Payload
from jobs.permissions import Deed
from jobs.services.change import change_rows
from jobs.services.operate import bring_back
from jobs.services.operator_audit import Moved, audit_jobs
from jobs.services.permissions import permit
from jobs.states import PENDING, STARTABLE, State

if TYPE_CHECKING:
    from jobs.models import Job

EDITABLE: Final = (*PENDING, State.FAILED)
"""States in which a job may be given another payload or priority."""
LONGEST_KEPT: Final = 2_000
"""Characters of a value that the audit log keeps; of a longer one it keeps the size and the digest."""


def edit(
    job: str | UUID,
    *,
    payload: Payload | Mapping[str, Any] | None = None,
    priority: int | None = None,
    delay: timedelta | int | None = None,
    retry: bool = False,
    by: Operator = SYSTEM,
    reason: str = "",
    using: str = "default",
) -> Moved:
    """Change what is given of a job that has not started or is a dead letter; return how it was and how it is.

    `delay` (milliseconds or timedelta) counts from now. A dead letter stays one unless `retry` brings it back too;
    only then it can have a delay. A payload is checked as at enqueue; it must fit the actor, and the tenant stays.

    Raises InvalidPayload, PayloadTooLarge, InvalidOption, NotPermitted, JobLost if there is no such job within reach,
    and StaleJob if it runs, is over, or was taken in the same moment: then nothing has changed.
    """
    id_ = str(job)
    if not permit(by, Deed.EDIT).ids([id_], using=using):
        raise JobLost(id_)
    if payload is None and priority is None and delay is None:
        raise InvalidOption("edit", None, "a payload, a priority or a delay")
    with transaction.atomic(using=using):
        row = _locked(id_, retry=retry, delayed=delay is not None, using=using)
        moved = [_edit(row, payload=payload, priority=priority, using=using)]
        brought = bring_back([id_], states=[State.FAILED], using=using) if retry else []
        if delay is not None:
            moved.append(_put_off(row, check_delay(delay), using))
        edited = _joined(moved)
        audit_jobs("EDIT", [edited], by=by, reason=reason, using=using)
        audit_jobs("RETRY", brought, by=by, reason=reason, using=using)
    return edited


def _locked(id_: str, *, retry: bool, delayed: bool, using: str) -> Job:
    """Return the job, held until the transaction ends; a claim passes over it meanwhile."""
    allowed = (State.FAILED,) if retry else STARTABLE if delayed else EDITABLE
    row: Job | None = _jobs(using).filter(pk=id_).select_for_update().first()
    if row is None:
        raise JobLost(id_)
    if row.state not in allowed:
        raise StaleJob(id_, expected=" or ".join(allowed), found=row.state)
    return row


def _edit(row: Job, *, payload: Payload | Mapping[str, Any] | None, priority: int | None, using: str) -> Moved:
    changes: dict[str, Any] = {}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if payload is not None:
        changes["payload"] = _fitting(row, payload)
        before["payload"], after["payload"] = _difference(row.payload, changes["payload"])
    if priority is not None:
        changes["priority"] = check_priority(priority)
        before["priority"], after["priority"] = row.priority, priority
    if changes:
        change_rows([str(row.pk)], [row.state], changes, after, using)
    return Moved(id=str(row.pk), queue=row.queue, tenant=row.tenant, before=before, after=after)


def _put_off(row: Job, delay_ms: int, using: str) -> Moved:
    run_at = Now() + timedelta(milliseconds=delay_ms) if delay_ms else Now()
    changes = {"state": State.DELAYED if delay_ms else State.WAITING, "run_at": run_at}
    (moved,) = change_rows([str(row.pk)], STARTABLE, changes, {"state": changes["state"], "delayMs": delay_ms}, using)
    return replace(moved, before=dict(moved.before) | {"state": row.state})


def _joined(moves: list[Moved]) -> Moved:
    before = {name: value for move in moves for name, value in move.before.items()}
    after = {name: value for move in moves for name, value in move.after.items()}
    return replace(moves[0], before=before, after=after)


def _fitting(row: Job, payload: Payload | Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload as the row keeps it; raises InvalidPayload if the job's actor could not take it."""
    actor = dramatiq.get_broker().actors.get(row.actor)
    if isinstance(actor, JobActor):
        typed = actor.payload_type.take(payload.as_json() if isinstance(payload, Payload) else payload)
        if typed.tenant != row.tenant:
            raise InvalidPayload(row.actor, ["a job stays with its tenant"])
        values: Any = typed.as_json()
    else:
        values = payload.as_json() if isinstance(payload, Payload) else dict(payload)
        if actor is not None and not (isinstance(values.get("args"), list) and isinstance(values.get("kwargs"), dict)):
            raise InvalidPayload(row.actor, ["it takes {args: […], kwargs: {…}}"])
    return json.loads(encode_payload(row.actor, values))  # type: ignore[no-any-return]


def _difference(old: Any, new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields in which two payloads differ, as they were and as they are."""
    was = old if isinstance(old, Mapping) else {}
    names = sorted(n for n in {*was, *new} if n not in was or n not in new or _text(was[n]) != _text(new[n]))
    return (
        {name: _kept(was[name]) for name in names if name in was},
        {name: _kept(new[name]) for name in names if name in new},
    )


def _kept(value: Any) -> Any:
    text = _text(value)
    if len(text) <= LONGEST_KEPT:
        return value
    return {"bytes": len(text.encode()), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # 1, 1.0 and true are three values here, and one in Python


def _jobs(using: str) -> Any:
    return apps.get_model("jobs", "Job").objects.using(using)
