"""Makes the job of a schedule's due time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dramatiq

from jobs.canonical import timestamp
from jobs.declare import JobActor, attempts_of
from jobs.draft import Draft, draft
from jobs.due import fill
from jobs.errors import InvalidSchedule

if TYPE_CHECKING:
    from jobs.models import Schedule


def job_id_of(schedule: Schedule, due: datetime) -> str:
    """Return the key that makes the job of a due time one job, whoever enqueues it."""
    return f"schedule-{schedule.pk}-{timestamp(due)}"


def draft_for(schedule: Schedule, due: datetime, *, delay: timedelta | None = None, job_id: str | None = None) -> Draft:
    """Return the job of a due time; raises InvalidSchedule, InvalidPayload, InvalidOption or PayloadTooLarge."""
    actor = dramatiq.get_broker().actors.get(schedule.actor)
    if actor is None:
        raise InvalidSchedule("actor", f"no actor {schedule.actor!r} is declared")
    if not isinstance(schedule.payload, dict):
        raise InvalidSchedule("payload", "a JSON object is expected")
    payload, tenant = fill(schedule.payload, due, schedule.timetable.zone), schedule.tenant
    if isinstance(actor, JobActor):
        typed = actor.payload_type.take(payload)
        payload, tenant = typed.as_json(), typed.tenant or schedule.tenant
        if schedule.tenant and tenant != schedule.tenant:
            raise InvalidSchedule("payload", f"it is tenant {tenant}'s, the schedule is {schedule.tenant}'s")
    elif set(payload) - {"args", "kwargs"}:
        raise InvalidSchedule("payload", f"{schedule.actor} is a plain actor: an object with args and kwargs")
    else:
        payload = {"args": list(payload.get("args", ())), "kwargs": dict(payload.get("kwargs", {}))}
    return draft(
        queue=actor.queue_name,
        actor=schedule.actor,
        payload=payload,
        job_id=job_id or job_id_of(schedule, due),
        tenant=tenant,
        priority=schedule.priority,
        delay=delay,
        attempts=schedule.attempts or attempts_of(actor, {}),
    )
