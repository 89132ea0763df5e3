"""Enqueues what schedules have due. Any number of callers at once make one job for each due time, or none."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Q

from jobs.due import plan, put_off
from jobs.errors import JobsError
from jobs.operator import Operator
from jobs.rows.dialect import bound_transaction, database_now, wrapper
from jobs.services.enqueue import enqueue
from jobs.services.operate import cancel
from jobs.services.scheduled_job import draft_for
from jobs.states import FINISHED

if TYPE_CHECKING:
    from jobs.models import Schedule

logger = logging.getLogger("jobs.schedules")
BATCH = 200
"""Schedules a call: other duties wait meanwhile."""
FROZEN_S = 5.0
"""A process that stands still in the middle of a due time gives the schedule up after this, as it gives up leading."""
KEPT_RUNS = 200
"""Rows of history a schedule."""


@dataclass(slots=True)
class Firing:
    """What a schedule does now: what is to be stored of it, gathered."""

    schedule: Schedule
    now: datetime
    changes: dict[str, Any] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, due: datetime, outcome: str, **facts: Any) -> None:
        """Keep what became of a due time."""
        self.runs.append({"due_at": due, "outcome": outcome, **facts})


def fire_due(*, now: datetime | None = None, using: str = "default") -> int:
    """Act on the schedules whose time has come, up to BATCH, each in its own transaction; return how many acted.

    `now` is the database's time unless it is given. A schedule that somebody else holds just now is left to them.
    """
    moment = now or database_now(wrapper(using))
    ready = Q(next_at__lte=moment) | Q(waits_for__isnull=False)
    found = _schedules(using).filter(ready, paused_at=None).order_by("next_at").values_list("pk", flat=True)
    return sum(_fire_one(pk, moment, using) for pk in found[:BATCH])


def _fire_one(schedule: UUID, now: datetime, using: str) -> bool:
    """Lock one schedule, read it again, and do what its policies say; a fault is kept in its row."""
    skip = bool(wrapper(using).features.has_select_for_update_skip_locked)
    with transaction.atomic(using=using):
        bound_transaction(wrapper(using), seconds=FROZEN_S, statements=False)
        row = _schedules(using).select_for_update(skip_locked=skip).filter(pk=schedule, paused_at=None).first()
        if row is None:
            return False
        firing = Firing(row, now)
        try:
            dues = _due(firing)
            with transaction.atomic(using=using):
                _act(firing, dues, using)
        except JobsError as error:
            logger.warning("Schedule %s made no job: %s", row.name, error)
            next_at = {name: firing.changes[name] for name in ("next_at",) if name in firing.changes}
            firing.changes = next_at | {"problem": str(error)[:400], "waits_for": None}
            firing.runs = [{"due_at": row.next_at or now, "outcome": "broken", "note": str(error)[:400]}]
        if not (firing.changes or firing.runs):
            return False
        _keep(firing, using)
    return True


def _due(firing: Firing) -> list[datetime]:
    """Return the due times that make jobs now, if nothing is in the way; moves `next_at` on."""
    row, now = firing.schedule, firing.now
    if row.next_at is None or row.next_at > now:
        return []
    firing.changes["next_at"] = None  # should the timetable be unreadable, it is not asked twice a second
    planned = plan(row.timetable, row.next_at, now, missed=row.missed, limit=row.missed_limit)
    firing.changes["next_at"] = planned.next_at
    if planned.last_missed is not None:
        firing.tell(planned.last_missed, "missed", count=planned.missed)
    return planned.fire


def _act(firing: Firing, dues: list[datetime], using: str) -> None:
    row = firing.schedule
    if not dues and row.waits_for is None:
        return
    runs_still = row.overlap != "allow" and row.last_job is not None and _is_unfinished(row.last_job, using)
    if row.waits_for is not None:
        if dues or row.overlap != "wait":
            firing.tell(row.waits_for, "overlapped", note="a later one came before the one before had ended")
            firing.changes["waits_for"] = None
        elif not runs_still:
            dues, firing.changes["waits_for"] = [row.waits_for], None
    for due in dues:
        if runs_still and row.overlap == "skip":
            firing.tell(due, "overlapped", job=row.last_job, note="the one before had not ended")
        elif runs_still and row.overlap == "wait":
            firing.changes["waits_for"] = due
        else:
            if runs_still and row.overlap == "cancel":
                by = Operator(user_id=f"schedule:{row.name}"[:150])
                cancel([str(row.last_job)], by=by, reason="the next run is due", using=using)
            _fire(firing, due, using)


def _fire(firing: Firing, due: datetime, using: str) -> None:
    row = firing.schedule
    late = due + put_off(str(row.pk), due, row.jitter) - firing.now
    placed = enqueue([draft_for(row, due, delay=max(timedelta(), late))], using=using)[0]
    firing.tell(due, "fired", job=UUID(placed.id))
    firing.changes |= {"last_at": due, "last_job": UUID(placed.id), "problem": ""}
    logger.info("Schedule %s, due %s: job %s", row.name, due, placed.id)


def _keep(firing: Firing, using: str) -> None:
    """Store what has been gathered, and let old history go."""
    run = apps.get_model("jobs", "ScheduleRun")
    if firing.changes:
        _schedules(using).filter(pk=firing.schedule.pk).update(**firing.changes)
    rows = [run(schedule=firing.schedule, **facts) for facts in firing.runs]
    run.objects.using(using).bulk_create(rows, ignore_conflicts=True)
    history = run.objects.using(using).filter(schedule=firing.schedule).order_by("-due_at")
    oldest = history.values_list("due_at", flat=True)[KEPT_RUNS : KEPT_RUNS + 1].first()
    if oldest is not None:
        run.objects.using(using).filter(schedule=firing.schedule, due_at__lte=oldest).delete()


def _is_unfinished(job: UUID, using: str) -> bool:
    rows = apps.get_model("jobs", "Job").objects.using(using)
    return bool(rows.filter(pk=job).exclude(state__in=FINISHED).exists())


def _schedules(using: str) -> Any:
    return apps.get_model("jobs", "Schedule").objects.using(using)
