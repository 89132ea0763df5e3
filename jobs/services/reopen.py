"""Lets jobs wait again for what is brought back, so that a flow goes on where it broke."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Now

from jobs.on_failure import CHILD_FAILED
from jobs.rows.count import add_counts
from jobs.rows.dialect import wrapper
from jobs.states import FINISHED, State

_FRESH = {
    "attempts": 0,
    "losses": 0,
    "suspect": False,
    "finished_at": None,
    "cancel_requested_at": None,
    "cancelled_by": "",
    "cancel_reason": "",
    "expires_at": None,
    "error": "",
    "error_type": "",
    "fingerprint": "",
}


def reopen(moved: Collection[str], *, using: str) -> set[str]:
    """Open the edges to `moved`, jobs just brought back to waiting in the caller's transaction; return the blocked.

    Who waits again: those of `moved` that wait for others of them or for jobs that have not ended, jobs that are
    blocked anyway, and jobs that never started because of the failure, with what failed because of those in turn.
    A job that has run is left alone.
    """
    blocked: set[str] = set()
    ended: Collection[str] = moved
    while ended:
        parents = _edges(using).filter(child__in=ended).exclude(ended="").values("parent")
        rows = _lock(parents, moved, using)
        mine = [pk for pk, _, _ in rows]
        _edges(using).filter(child__in=ended, parent__in=mine).exclude(ended="").update(ended="")
        revived = [(pk, queue, state) for pk, queue, state in rows if state in FINISHED]
        _block([pk for pk, _, _ in revived], using)
        add_counts(wrapper(using), [(queue, state) for _, queue, state in revived], by=-1)
        ended = [str(pk) for pk, _, _ in revived]
        blocked.update(ended)
    return blocked | _block_waiting(moved, using)


def _lock(parents: QuerySet[Model, Any], moved: Collection[str], using: str) -> list[tuple[UUID, str, str]]:
    never_started = Q(state__in=(State.FAILED, State.CANCELLED), error_type=CHILD_FAILED)
    waits = Q(state=State.BLOCKED) | Q(pk__in=moved) | never_started
    found = _jobs(using).filter(waits, pk__in=list(parents.values_list("parent", flat=True)))
    locked = found.select_for_update().order_by("pk")
    rows: list[tuple[UUID, str, str]] = list(locked.values_list("pk", "queue", "state"))
    return rows


def _block(ids: Iterable[object], using: str) -> None:
    _jobs(using).filter(pk__in=list(ids)).update(
        state=State.BLOCKED, generation=F("generation") + 1, asked_at=Now(), **_FRESH
    )


def _block_waiting(moved: Collection[str], using: str) -> set[str]:
    """Block those of `moved` that have an open edge."""
    if not moved:
        return set()
    waiting = {str(pk) for pk in _edges(using).filter(parent__in=moved, ended="").values_list("parent", flat=True)}
    _jobs(using).filter(pk__in=waiting, state=State.WAITING).update(state=State.BLOCKED)
    return waiting


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)


def _edges(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Edge").objects.using(using)
