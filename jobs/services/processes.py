"""Quiets and stops one worker process from elsewhere: its row first, then an order that it hears at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from jobs.errors import UnknownProcess
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.services.dispatching import tell
from jobs.services.operator_audit import Change, audit_changes
from jobs.services.permissions import permit
from jobs.states import State

if TYPE_CHECKING:
    from jobs.models import Job


def quiet(process: str | UUID, *, by: Operator = SYSTEM, reason: str = "") -> None:
    """Let one process start nothing more; what it runs goes on. Raises UnknownProcess."""
    _order(process, "QUIET", {"paused_at": Now()}, order="pause", by=by, reason=reason)


def wake(process: str | UUID, *, by: Operator = SYSTEM, reason: str = "") -> None:
    """Let a quiet process go on. Raises UnknownProcess."""
    _order(process, "WAKE", {"paused_at": None}, order="resume", by=by, reason=reason)


def stop(process: str | UUID, *, by: Operator = SYSTEM, reason: str = "") -> None:
    """Let one process end its jobs within its grace and go, and none take its place. Raises UnknownProcess.

    When the last process of a supervisor has gone, the supervisor ends too.
    """
    _order(process, "STOP", {"stop_requested_at": Now()}, order="stop", by=by, reason=reason)


def running_on(process: str | UUID) -> list[Job]:
    """Return the jobs that a process runs, the longest first; reads the unfinished rows."""
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.filter(finished_at=None, state=State.ACTIVE)
    return list(jobs.filter(worker=process).only("pk", "job_id", "actor", "queue", "started_at").order_by("started_at"))


def _order(process: str | UUID, action: str, values: dict[str, Any], *, order: str, by: Operator, reason: str) -> None:
    permit(by, Deed.CONTROL_WORKERS)
    with transaction.atomic():
        if not apps.get_model("jobs", "Process").objects.filter(pk=process, fenced_at=None).update(**values):
            raise UnknownProcess(process)
        change = Change(action=action, entity_type="PROCESS", entity_id=str(process), before={}, after={"order": order})
        audit_changes([change], by=by, reason=reason)
        transaction.on_commit(lambda: tell(str(process), order))
