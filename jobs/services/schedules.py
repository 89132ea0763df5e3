"""What operators do with schedules: keep, delete, pause, resume, run at once. Each is audited, payloads apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from jobs.draft import check_limit, check_priority
from jobs.errors import (
    InvalidOption,
    InvalidPayload,
    InvalidSchedule,
    InvalidTimetable,
    PayloadTooLarge,
    UnknownSchedule,
)
from jobs.ids import new_id
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.rows.dialect import database_now, wrapper
from jobs.services.enqueue import Placed, enqueue
from jobs.services.operator_audit import Change, audit_changes, plain
from jobs.services.permissions import permit
from jobs.services.scheduled_job import draft_for

if TYPE_CHECKING:
    from jobs.models import Schedule

FIELDS: Final = (
    *("name", "tenant", "actor", "cron", "every", "time_zone", "starts_at", "ends_at", "priority", "attempts"),
    *("missed", "missed_limit", "overlap", "jitter"),
)
"""What the audit log tells of a schedule; of the payload it tells only that it changed."""
_TIMETABLE: Final = ("cron", "every", "time_zone", "starts_at", "ends_at")
_CHOICES: Final = {"missed": ("skip", "once", "all"), "overlap": ("allow", "skip", "wait", "cancel")}


def check_schedule(schedule: Schedule) -> None:
    """Refuse what could not be fired; raises InvalidSchedule, which names the field."""
    if not schedule.name.strip() or not schedule.name.isprintable():
        raise InvalidSchedule("name", "a name is needed")
    for name, values in _CHOICES.items():
        if getattr(schedule, name) not in values:
            raise InvalidSchedule(name, f"one of {', '.join(values)} is expected")
    if schedule.missed == "all" and schedule.overlap != "allow":
        raise InvalidSchedule("overlap", "all missed runs start together: overlap must be allow")
    if schedule.jitter is not None and schedule.jitter < timedelta():
        raise InvalidSchedule("jitter", "it must not be negative")
    try:
        timetable = schedule.timetable
    except InvalidTimetable as error:
        raise InvalidSchedule("every" if schedule.every else "cron", str(error)) from None
    try:
        check_priority(schedule.priority)
        check_limit("missed_limit", schedule.missed_limit)
        draft_for(schedule, timetable.after(timezone.now()) or timezone.now())
    except InvalidOption as error:
        raise InvalidSchedule(str(error).split("=")[0], str(error)) from None
    except (InvalidPayload, PayloadTooLarge) as error:
        raise InvalidSchedule("payload", str(error)) from None


def keep(schedule: Schedule, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> Schedule:
    """Store a new or changed schedule; the next due time is later than now if the timetable is another.

    A name is one schedule of its tenant. Raises InvalidSchedule; also for a change of one that code declares.
    """
    permit(by, Deed.KEEP_SCHEDULES)
    check_schedule(schedule)
    with transaction.atomic(using=using):
        rows = _schedules(using).select_for_update()
        before = rows.filter(pk=schedule.pk).first()
        twin = rows.filter(tenant=schedule.tenant, name=schedule.name).exclude(pk=schedule.pk)
        if twin.exists():
            raise InvalidSchedule("name", f"{schedule.name!r} is there already")
        if before is not None and before.is_declared and by is not SYSTEM:
            raise InvalidSchedule("name", "the code declares this schedule: change it there")
        moved = before is None or any(getattr(before, name) != getattr(schedule, name) for name in _TIMETABLE)
        if moved or before.next_at is None:
            schedule.next_at = schedule.timetable.after(database_now(wrapper(using)))
        else:  # the caretaker may have moved on since the caller looked
            schedule.next_at = before.next_at
        if before is not None:
            for name in ("waits_for", "last_at", "last_job", "paused_at"):
                setattr(schedule, name, getattr(before, name))
        schedule.problem = ""
        schedule.save(using=using)
        _audit(before, schedule, by=by, reason=reason, using=using)
    return schedule


def delete(schedule: UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> None:
    """Delete a schedule with its history; its jobs stay. Raises UnknownSchedule, InvalidSchedule for a declared one."""
    with transaction.atomic(using=using):
        row = _locked(schedule, Deed.KEEP_SCHEDULES, by, using)
        if row.is_declared and by is not SYSTEM:
            raise InvalidSchedule("name", "the code declares this schedule: pause it, or take it out of the code")
        row.delete(using=using)
        _tell("DELETE", row, before=_facts(row), after={}, by=by, reason=reason, using=using)


def pause(schedule: UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> None:
    """Let no due time make a job; those that pass are left out for good. Raises UnknownSchedule."""
    _switch("PAUSE", schedule, {"paused_at": timezone.now(), "waits_for": None}, by=by, reason=reason, using=using)


def resume(schedule: UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> None:
    """Go on with the first due time from now. Raises UnknownSchedule."""
    with transaction.atomic(using=using):
        next_at = _locked(schedule, Deed.SWITCH_SCHEDULES, by, using).timetable.after(database_now(wrapper(using)))
        _switch("RESUME", schedule, {"paused_at": None, "next_at": next_at}, by=by, reason=reason, using=using)


def run_now(schedule: UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> Placed:
    """Enqueue the job at once, whatever the timetable, the pause and the overlap policy say; `next_at` stays.

    Raises UnknownSchedule, and what `draft_for` raises.
    """
    with transaction.atomic(using=using):
        row = _locked(schedule, Deed.SWITCH_SCHEDULES, by, using)
        now: datetime = database_now(wrapper(using))
        placed = enqueue([draft_for(row, now, job_id=f"schedule-{row.pk}-asked-{new_id()}")], using=using)[0]
        _schedules(using).filter(pk=row.pk).update(last_job=UUID(placed.id))
        runs = apps.get_model("jobs", "ScheduleRun").objects.using(using)
        runs.create(schedule=row, due_at=now, outcome="asked", job=UUID(placed.id), note=f"by {by.user_id}"[:400])
        _tell("RUN", row, before={}, after={"job": placed.id}, by=by, reason=reason, using=using)
    return placed


def _switch(action: str, schedule: UUID, values: dict[str, Any], *, by: Operator, reason: str, using: str) -> None:
    with transaction.atomic(using=using):
        row = _locked(schedule, Deed.SWITCH_SCHEDULES, by, using)
        before = {name: getattr(row, name) for name in values}
        _schedules(using).filter(pk=row.pk).update(updated_at=timezone.now(), **values)
        _tell(action, row, before=plain(before), after=plain(values), by=by, reason=reason, using=using)


def _locked(schedule: UUID, deed: Deed, by: Operator, using: str) -> Schedule:
    """Return the schedule, held until the transaction ends; one that is out of reach is unknown."""
    reach = permit(by, deed)
    row: Schedule | None = _schedules(using).select_for_update().filter(pk=schedule).first()
    if row is None or (reach.tenants is not None and row.tenant not in reach.tenants):
        raise UnknownSchedule(schedule)
    return row


def _schedules(using: str) -> Any:
    return apps.get_model("jobs", "Schedule").objects.using(using)


def _facts(schedule: Schedule) -> dict[str, Any]:
    values = plain({name: getattr(schedule, name) for name in FIELDS})
    return {name: str(value) if isinstance(value, timedelta) else value for name, value in values.items()}


def _audit(before: Schedule | None, after: Schedule, *, by: Operator, reason: str, using: str) -> None:
    was, is_ = ({} if before is None else _facts(before)), _facts(after)
    changed = {name for name, value in is_.items() if was.get(name) != value}
    old, new = ({name: facts[name] for name in facts if name in changed} for facts in (was, is_))
    if before is not None and before.payload != after.payload:
        new["payload"] = "changed"
    action = "UPDATE" if before is not None else "CREATE"
    if new:
        _tell(action, after, before=old, after=new, by=by, reason=reason, using=using)


def _tell(action: str, schedule: Schedule, *, before: Any, after: Any, by: Operator, reason: str, using: str) -> None:
    change = Change(
        action=action,
        entity_type="SCHEDULE",
        entity_id=str(schedule.pk),
        before=before,
        after=after,
        tenant=schedule.tenant,
        metadata={"name": schedule.name},
    )
    audit_changes([change], by=by, reason=reason, using=using)
