"""Deletes finished jobs that need not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from jobs.on_failure import Ended
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.services.dispatching import announce, send_on_commit
from jobs.services.follow import follow
from jobs.services.operator_audit import audit_queue
from jobs.services.permissions import permit_queue
from jobs.states import FINISHED, State

STEP = 1_000


def prune(
    *,
    states: Sequence[State] = FINISHED,
    older_than: timedelta,
    queue: str | None = None,
    limit: int = 10_000,
    by: Operator | None = None,
    reason: str = "",
    using: str = "default",
) -> int:
    """Delete up to `limit` jobs that finished in `states` longer ago, with their attempts and logs; return how many.

    Steps of 1,000, locked rows skipped, so that a retry or a reader never waits. `by` names the operator who cleans a
    queue, for the audit log; without one it is retention.
    """
    if by and queue:
        permit_queue(by, Deed.PURGE, queue)
    total = 0
    while total < limit:
        with transaction.atomic(using=using):
            done = _step(states, older_than, queue, min(STEP, limit - total), using)
            if done and by and queue:
                after = {"deleted": done, "states": [*map(str, states)]}
                audit_queue("CLEAN", queue, after=after, by=by, reason=reason, using=using)
        total += done
        if done < STEP:
            break
    return total


def _step(states: Sequence[State], older_than: timedelta, queue: str | None, limit: int, using: str) -> int:
    job = apps.get_model("jobs", "Job")
    skip = bool(wrapper(using).features.has_select_for_update_skip_locked)
    old = job.objects.using(using).filter(state__in=states, finished_at__lt=Now() - older_than)
    old = old.filter(unneeded(using))
    if queue is not None:
        old = old.filter(queue=queue)
    rows = list(
        old.select_for_update(skip_locked=skip).order_by("finished_at").values_list("pk", "queue", "state")[:limit]
    )
    delete_jobs([row[0] for row in rows], using)
    add_counts(wrapper(using), [(row[1], row[2]) for row in rows], by=-1)
    return len(rows)


def unneeded(using: str) -> Combinable:
    """Return the condition that no unfinished job is still to read a job's result."""
    edges = apps.get_model("jobs", "Edge").objects.using(using)
    return Q(flow=None) | ~Exists(edges.filter(child=OuterRef("pk"), parent__finished_at=None))


def prune_flows(*, older_than: timedelta, limit: int = 1_000, using: str = "default") -> int:
    """Delete up to `limit` flows that began longer ago and have no job left; return how many."""
    flows = apps.get_model("jobs", "Flow").objects.using(using)
    jobs = apps.get_model("jobs", "Job").objects.using(using).filter(flow=OuterRef("pk"))
    old = flows.filter(~Exists(jobs), created_at__lt=Now() - older_than).order_by("pk")
    deleted, _ = flows.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()
    return deleted


def delete_jobs(ids: Sequence[UUID], using: str) -> None:
    """Delete jobs with their attempts, logs and edges, in the caller's transaction; the counts are the caller's.

    What has waited for one of them goes by its edge, as if it had failed.
    """
    _cut_edges(ids, using)
    for model, field in (("Attempt", "job_id"), ("JobLog", "job_id"), ("Job", "pk")):
        rows = apps.get_model("jobs", model).objects.using(using).filter(**{f"{field}__in": ids})
        rows._raw_delete(using)  # noqa: SLF001  (no signals, no cascade look-ups: these tables are all there is)


def _cut_edges(ids: Sequence[UUID], using: str) -> None:
    edges = apps.get_model("jobs", "Edge").objects.using(using)
    edges.filter(parent__in=ids)._raw_delete(using)  # noqa: SLF001  (as above)
    waited_for = {str(pk) for pk in edges.filter(child__in=ids, ended="").values_list("child", flat=True)}
    if waited_for:
        followed = follow(wrapper(using), dict.fromkeys(waited_for, Ended.DELETED))
        send_on_commit(wrapper(using), followed.entries)
        transaction.on_commit(partial(announce, followed.events), using=using)
