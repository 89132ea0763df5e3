"""What an operator may do to flows: cancel, retry, free; each in steps of bounded transactions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from jobs.dispatch.entries import Entry
from jobs.on_failure import Ended
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.rows.dialect import wrapper
from jobs.rows.edges import free as free_rows
from jobs.rows.edges import lock_blocked
from jobs.services.dispatching import send_on_commit
from jobs.services.operate import STEP, cancel, retry
from jobs.services.operator_audit import Moved, audit_jobs
from jobs.services.permissions import permit
from jobs.states import PENDING, State

BROKEN = (State.FAILED, State.CANCELLED)


def cancel_flow(flow: str | UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> int:
    """Cancel all jobs of a flow that have not finished, the last first; return how many that concerns."""
    live = _jobs(using).filter(flow=flow, state__in=(*PENDING, State.ACTIVE)).order_by("-pk")
    return _steps([str(pk) for pk in live.values_list("pk", flat=True)], cancel, by, reason, using)


def retry_flow(flow: str | UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> int:
    """Bring all jobs of a flow that failed or were cancelled back; they wait for one another as before."""
    broken = _jobs(using).filter(flow=flow, state__in=BROKEN).order_by("pk")
    return _steps([str(pk) for pk in broken.values_list("pk", flat=True)], _retry_broken, by, reason, using)


def cancel_part(job: str | UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> int:
    """Cancel a job and all that only it waits for, directly or through others; return how many that concerns."""
    part = _needed_here_only(str(job), using)
    live = _jobs(using).filter(pk__in=part, state__in=(*PENDING, State.ACTIVE)).order_by("-pk")
    return _steps([str(pk) for pk in live.values_list("pk", flat=True)], cancel, by, reason, using)


def retry_part(job: str | UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> int:
    """Bring a job back with all that it waits for, directly or through others, and that failed or was cancelled."""
    part = {str(job), *children_of({str(job)}, using)}
    broken = _jobs(using).filter(pk__in=part, state__in=BROKEN).order_by("pk")
    return _steps([str(pk) for pk in broken.values_list("pk", flat=True)], _retry_broken, by, reason, using)


def free(ids: Sequence[str | UUID], *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> list[str]:
    """Let blocked jobs start without what they still wait for; return the ids moved."""
    with transaction.atomic(using=using):
        blocked = lock_blocked(wrapper(using), permit(by, Deed.RETRY).ids(ids, using=using))
        _edges(using).filter(parent__in=blocked, ended="").update(ended=Ended.FREED)
        entries = [Entry(*one) for one in free_rows(wrapper(using), blocked)]
        tenants = dict(_jobs(using).filter(pk__in=blocked).values_list("pk", "tenant"))
        moved = [
            Moved(
                id=entry.id,
                queue=entry.queue,
                tenant=tenants[UUID(entry.id)],
                before={"state": State.BLOCKED},
                after={"state": State.DELAYED if entry.delay_ms else State.WAITING},
            )
            for entry in entries
        ]
        audit_jobs("FREE", moved, by=by, reason=reason, using=using)
        send_on_commit(wrapper(using), entries)
    return [job.id for job in moved]


def children_of(ids: set[str], using: str) -> set[str]:
    """Return all that `ids` wait for, directly or through others; one query a level."""
    found: set[str] = set()
    level = ids
    while level:
        rows = _edges(using).filter(parent__in=level).values_list("child", flat=True)
        level = {str(pk) for pk in rows} - found
        found |= level
    return found


def _needed_here_only(job: str, using: str) -> set[str]:
    """Return the job and what it waits for, without what a blocked job outside waits for too."""
    part = {job, *children_of({job}, using)}
    outside = _edges(using).filter(child__in=part, ended="").exclude(parent__in=part)
    shared = {str(pk) for pk in outside.exclude(child=job).values_list("child", flat=True)}
    return part - shared - children_of(shared, using)


def _retry_broken(ids: Sequence[str], *, by: Operator, reason: str, using: str) -> list[str]:
    return retry(ids, states=BROKEN, by=by, reason=reason, using=using)


def _steps(ids: Sequence[str], verb: Callable[..., list[str]], by: Operator, reason: str, using: str) -> int:
    return sum(
        len(verb(ids[start : start + STEP], by=by, reason=reason, using=using)) for start in range(0, len(ids), STEP)
    )


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)


def _edges(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Edge").objects.using(using)
