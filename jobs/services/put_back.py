"""Puts jobs into Redis that it lacks, at once, instead of waiting for the patrol."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.apps import apps
from django.db import transaction

from jobs.dispatch.entries import Entry
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.rows.dialect import wrapper
from jobs.rows.standing import standings
from jobs.services.dispatching import send_on_commit
from jobs.services.operator_audit import Moved, audit_jobs
from jobs.services.permissions import permit


def put_back(
    ids: Sequence[str | UUID], *, by: Operator = SYSTEM, reason: str = "", using: str = "default"
) -> list[str]:
    """Send the entries of jobs that could start; return their ids. One that Redis has is only put in its place."""
    within = permit(by, Deed.RETRY).ids(ids, using=using)
    with transaction.atomic(using=using):
        rows = [row for row in standings(wrapper(using), within).values() if row.startable]
        found = apps.get_model("jobs", "Job").objects.using(using).filter(pk__in=[row.id for row in rows])
        tenants = {str(pk): tenant for pk, tenant in found.values_list("pk", "tenant")}
        entries = [Entry(row.queue, row.id, row.priority, row.due_in_ms, row.group) for row in rows]
        send_on_commit(wrapper(using), entries, replace_known=True)
        moved = [
            Moved(id=row.id, queue=row.queue, tenant=tenants.get(row.id, ""), before={}, after={"sentToRedis": True})
            for row in rows
        ]
        audit_jobs("PUT_BACK", moved, by=by, reason=reason, using=using)
    return [row.id for row in rows]
