"""Reads queues: names, counts, jobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import dramatiq
import redis
from django.apps import apps
from django.db.models import Count, Sum

from jobs.conf import jobs_settings
from jobs.dispatch.entries import QueueStats
from jobs.errors import UnknownQueue
from jobs.services.dispatching import dispatcher
from jobs.states import State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from jobs.models import Job


def queue_names() -> list[str]:
    """Return all queues: those of the settings in their order, then those that only actors declare."""
    named = list(jobs_settings().queues)
    return named + sorted(set(dramatiq.get_broker().get_declared_queues()) - set(named))


def check_queue(queue: str) -> str:
    """Return a queue's name; raises UnknownQueue."""
    if queue not in queue_names():
        raise UnknownQueue(queue, queue_names())
    return queue


def metrics(queues: Sequence[str] | None = None) -> dict[str, dict[str, int]]:
    """Count jobs by queue: six integers each (domain specification, 11.5). Scans no job table while Redis answers."""
    names = list(queues) if queues is not None else queue_names()
    kept = apps.get_model("jobs", "QueueCount").objects.filter(queue__in=names).values("queue", "state")
    finished = {(row["queue"], row["state"]): row["total"] for row in kept.annotate(total=Sum("count"))}
    try:
        live = {stats.queue: stats for stats in dispatcher().stats(names)} if jobs_settings().dispatch else {}
    except (redis.RedisError, OSError):
        live = {}
    live = live or _count_rows(names, apps.get_model("jobs", "Job").objects.all())
    return {name: _counts(name, live[name], finished) for name in names}


def tenant_metrics(tenants: Collection[str]) -> dict[str, dict[str, int]]:
    """Count the jobs of some tenants by queue, as `metrics` does for all.

    Scans the kept jobs: neither Redis nor the counters know tenants, and an index would slow every enqueue down.
    """
    names = queue_names()
    jobs = apps.get_model("jobs", "Job").objects.filter(queue__in=names, tenant__in=tenants)
    finished = {
        (row["queue"], row["state"]): row["total"]
        for row in jobs.filter(finished_at__isnull=False).values("queue", "state").annotate(total=Count("pk"))
    }
    live = _count_rows(names, jobs)
    return {name: _counts(name, live[name], finished) for name in names}


def _counts(name: str, live: QueueStats, finished: dict[tuple[str, str], int]) -> dict[str, int]:
    return {
        "waiting": 0 if live.paused else live.waiting,
        "active": live.active,
        "completed": max(0, finished.get((name, State.COMPLETED), 0)),
        "failed": max(0, finished.get((name, State.FAILED), 0)),
        "delayed": live.delayed,
        "paused": live.waiting if live.paused else 0,
    }


def _count_rows(names: Sequence[str], jobs: QuerySet[Job]) -> dict[str, QueueStats]:
    """Count the unfinished ones of these rows: the slow way, where Redis is away or cannot tell."""
    found = jobs.filter(finished_at=None, queue__in=names).values("queue", "state").annotate(n=Count("pk"))
    n = {(row["queue"], row["state"]): row["n"] for row in found}
    config = apps.get_model("jobs", "QueueConfig").objects.filter(queue__in=names).exclude(paused_at=None)
    paused = set(config.values_list("queue", flat=True))
    return {
        q: QueueStats(q, n.get((q, "waiting"), 0), n.get((q, "delayed"), 0), n.get((q, "active"), 0), q in paused, "")
        for q in names
    }


def find_job(queue: str, job: str | UUID) -> Job | None:
    """Return a job of a queue by its job_id, else by its UUID; None if no row is kept."""
    jobs = apps.get_model("jobs", "Job").objects.filter(queue=queue)
    found = jobs.filter(job_id=str(job)).first()
    if found is None:
        try:
            found = jobs.filter(pk=UUID(str(job))).first()
        except ValueError:
            return None
    return found


def job_status(queue: str, job: str | UUID) -> dict[str, Any] | None:
    """Return {state, progress, result, error} of a job, None for an unknown one."""
    row = find_job(queue, job)
    if row is None:
        return None
    return {"state": row.state, "progress": row.progress, "result": row.result, "error": row.error or None}
