"""Runs a job once more as a job of its own; the first one stays as it is."""

from __future__ import annotations

from uuid import UUID

from django.apps import apps
from django.db import transaction

from jobs.draft import draft
from jobs.errors import JobLost
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.services.enqueue import enqueue
from jobs.services.operator_audit import Moved, audit_jobs
from jobs.services.permissions import permit


def run_copy(job: str | UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> str:
    """Enqueue a job with the same payload, options and priority under an id of its own; return its UUID.

    Raises JobLost if there is no such job within reach.
    """
    with transaction.atomic(using=using):
        row = apps.get_model("jobs", "Job").objects.using(using).filter(pk=job).first()
        row = row if row and permit(by, Deed.ENQUEUE).holds(queue=row.queue, tenant=row.tenant) else None
        if row is None:
            raise JobLost(str(job))
        copy = draft(
            queue=row.queue,
            actor=row.actor,
            payload=row.payload,
            options=row.options,
            tenant=row.tenant,
            priority=row.priority,
            attempts=row.max_attempts,
        )
        (placed,) = enqueue([copy], using=using)
        moved = Moved(id=placed.id, queue=row.queue, tenant=row.tenant, before={}, after={"copyOf": str(row.pk)})
        audit_jobs("COPY", [moved], by=by, reason=reason, using=using)
    return placed.id
