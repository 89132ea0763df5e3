"""Ends jobs that are not worth running any more."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.services.dispatching import announce, remove, send_on_commit
from jobs.services.follow import follow
from jobs.states import PENDING, State

REASON = "expired"


def expire(*, ids: Sequence[str] | None = None, limit: int = 1_000, using: str = "default") -> list[str]:
    """Cancel up to `limit` jobs (of `ids`) that have not started and whose time to start has run out; return them.

    Locked rows are skipped: somebody claims or cancels them just now.
    """
    if ids is not None and not ids:
        return []
    jobs = apps.get_model("jobs", "Job").objects.using(using)
    skip = bool(wrapper(using).features.has_select_for_update_skip_locked)
    with transaction.atomic(using=using):
        late = jobs.filter(finished_at=None, expires_at__lte=Now(), state__in=PENDING)
        if ids is not None:
            late = late.filter(pk__in=ids)
        found = late.select_for_update(skip_locked=skip).order_by("expires_at").values_list("pk", "queue", "flow_id")
        taken = [(str(pk), queue, flow is not None) for pk, queue, flow in found[:limit]]
        rows = [(id_, queue) for id_, queue, _ in taken]
        jobs.filter(pk__in=[id_ for id_, _ in rows], state__in=PENDING).update(
            state=State.CANCELLED, generation=F("generation") + 1, finished_at=Now(), cancel_reason=REASON
        )
        add_counts(wrapper(using), [(queue, State.CANCELLED) for _, queue in rows])
        followed = follow(wrapper(using), {id_: State.CANCELLED for id_, _, in_flow in taken if in_flow})
        send_on_commit(wrapper(using), followed.entries)
        transaction.on_commit(lambda: _remove(rows, followed.events), using=using)
    return [id_ for id_, _ in rows]


def _remove(rows: Sequence[tuple[str, str]], events: Sequence[tuple[str, str, str]]) -> None:
    for queue in sorted({queue for _, queue in rows}):
        remove(queue, [id_ for id_, q in rows if q == queue])
    announce([*((id_, str(State.CANCELLED), queue) for id_, queue in rows), *events])
