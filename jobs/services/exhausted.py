"""Tells the actor that wants to know (`on_retry_exhausted`) that a job is a dead letter."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dramatiq
from django.apps import apps
from django.db import transaction

from jobs.claimed import Claimed
from jobs.declare import JobActor

if TYPE_CHECKING:
    from jobs.models import Job

logger = logging.getLogger("jobs.retries")


def tell_exhausted(message: Any, *, attempt: int, allowed: int) -> None:
    """Enqueue what the message or its actor names, as Dramatiq does: with the message and the counts of its retries.

    What goes wrong is logged and keeps nobody: neither the outcome nor the jobs of a lost process may wait for it.
    """
    broker = dramatiq.get_broker()
    actor = broker.actors.get(message.actor_name)
    target = message.options.get("on_retry_exhausted") or (actor and actor.options.get("on_retry_exhausted"))
    if not target:
        return
    counts = {"retries": attempt - 1, "max_retries": allowed - 1}
    try:
        with transaction.atomic():
            broker.get_actor(target).send(message.asdict(), counts)
    except Exception:
        logger.exception("Actor %s was not told that %s is a dead letter", target, message.message_id)


def tell_lost(ids: Sequence[str], *, using: str) -> None:
    """Do so for jobs that were lost too often, in the transaction that fails them."""
    try:
        with transaction.atomic(using=using):
            rows: Sequence[Job] = list(apps.get_model("jobs", "Job").objects.using(using).filter(pk__in=ids))
    except (ValueError, RecursionError):  # a row whose JSON Python cannot read
        logger.exception("Nobody was told that %d lost jobs are dead letters", len(ids))
        return
    for row in rows:
        typed = isinstance(dramatiq.get_broker().actors.get(row.actor), JobActor)
        tell_exhausted(_claimed(row).message(typed=typed), attempt=row.attempts, allowed=row.max_attempts)


def _claimed(row: Job) -> Claimed:
    return Claimed(
        id=str(row.pk),
        queue=row.queue,
        actor=row.actor,
        job_id=row.job_id,
        tenant=row.tenant,
        generation=row.generation,
        attempt=row.attempts,
        max_attempts=row.max_attempts,
        suspect=row.suspect,
        priority=row.priority,
        payload=row.payload,
        options=row.options,
        claimed_at=0.0,
    )
