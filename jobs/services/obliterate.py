"""Removes a queue's jobs, every one of them."""

from __future__ import annotations

import logging
from uuid import UUID

import redis
from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from jobs.conf import jobs_settings
from jobs.errors import NotConfirmed, QueueBusy
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.services.dispatching import dispatcher, tell
from jobs.services.limits import limits, pause, resume
from jobs.services.operator_audit import audit_queue
from jobs.services.permissions import permit_queue
from jobs.services.prune import delete_jobs
from jobs.services.queues import check_queue
from jobs.states import FINISHED, State

logger = logging.getLogger("jobs.queues")
STEP = 1_000
"""Jobs a transaction."""


def obliterate(
    queue: str, *, confirm: str, force: bool = False, by: Operator = SYSTEM, reason: str = "", using: str = "default"
) -> int:
    """Delete all jobs of a queue with their attempts and logs, in bounded steps; return how many. Cannot be undone.

    `confirm` is the queue's name, typed again. The queue is paused meanwhile. Raises NotConfirmed, and QueueBusy while
    jobs run; with `force` these are told to stop and their outcomes refused.
    """
    if confirm != check_queue(queue):
        raise NotConfirmed(queue)
    permit_queue(by, Deed.PURGE, queue)
    paused = limits(queue).paused
    pause(queue)
    try:
        running = _jobs(queue, using).filter(state=State.ACTIVE, finished_at=None)
        if not force and (count := running.count()):
            raise QueueBusy(queue, count)
        total = 0
        while done := _step(queue, force=force, by=by, reason=reason, using=using):
            total += done
        _purge(queue)
    finally:
        if not paused:
            resume(queue)
    return total


def _jobs(queue: str, using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using).filter(queue=queue)


def _step(queue: str, *, force: bool, by: Operator, reason: str, using: str) -> int:
    with transaction.atomic(using=using):
        jobs = _jobs(queue, using) if force else _jobs(queue, using).exclude(state=State.ACTIVE)
        found = jobs.select_for_update().order_by("pk").values_list("pk", "state", "worker")
        rows: list[tuple[UUID, str, UUID | None]] = list(found[:STEP])
        if not rows:
            return 0
        delete_jobs([row[0] for row in rows], using)
        add_counts(wrapper(using), [(queue, state) for _, state, _ in rows if state in FINISHED], by=-1)
        audit_queue("OBLITERATE", queue, after={"deleted": len(rows)}, by=by, reason=reason, using=using)
    for id_, state, worker in rows:
        if state == State.ACTIVE:
            tell(str(worker), f"cancel:{id_}")
    return len(rows)


def _purge(queue: str) -> None:
    """Empty the queue in Redis; without Redis the claims find no rows, and the workers clear what they took."""
    if not jobs_settings().dispatch:
        return
    try:
        while dispatcher().purge(queue):
            continue
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis keeps entries of %s (%s); their claims will find nothing.", queue, error)
