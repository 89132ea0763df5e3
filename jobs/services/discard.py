"""Deletes jobs for good, with their attempts and logs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.apps import apps
from django.db import transaction

from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.services.dispatching import remove
from jobs.services.operator_audit import Moved
from jobs.services.prune import delete_jobs


def discard(ids: Sequence[str], *, states: Sequence[str], using: str) -> list[Moved]:
    """Delete jobs that are in `states`, in the caller's transaction, without an audit; return what is gone."""
    job = apps.get_model("jobs", "Job")
    locked = job.objects.using(using).filter(pk__in=ids, state__in=states).select_for_update().order_by("pk")
    rows = list(locked.values_list("pk", "queue", "tenant", "state"))
    delete_jobs([row[0] for row in rows], using)
    add_counts(wrapper(using), [(row[1], row[3]) for row in rows], by=-1)
    for queue in sorted({row[1] for row in rows}):
        mine = [str(row[0]) for row in rows if row[1] == queue]
        transaction.on_commit(partial(remove, queue, mine), using=using)
    return [
        Moved(id=str(pk), queue=queue, tenant=tenant, before={"state": state}, after={})
        for pk, queue, tenant, state in rows
    ]
