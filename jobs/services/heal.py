"""Moves what a flow has left standing: a process died between a child's outcome and what follows from it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, Model, OuterRef, QuerySet

from jobs.dispatch.entries import Entry
from jobs.on_failure import Ended, OnFailure
from jobs.rows.edges import free, lock_blocked
from jobs.services.dispatching import announce, send
from jobs.services.follow import Followed, follow
from jobs.states import FINISHED, State

logger = logging.getLogger("jobs.flows")


def heal_edges(connection: BaseDatabaseWrapper, after: int, *, limit: int = 1_000) -> int | None:
    """End open edges whose child is over or gone, of the next `limit` after that key; return the last key looked at.

    None: there are no more. The children are locked and read again: one may just be brought back.
    """
    edges = apps.get_model("jobs", "Edge").objects.using(connection.alias)
    page = edges.filter(ended="", pk__gt=after).order_by("pk")
    seen = list(page.values_list("pk", "child", "on_failure")[:limit])
    rows = _jobs(connection.alias).filter(pk__in={child for _, child, _ in seen}).values_list("pk", "state")
    states: dict[UUID, str] = dict(rows)  # not joined: a child that is gone must be seen, too
    done = {str(child) for _, child, policy in seen if _is_over(states.get(child), policy)}
    if done:
        with transaction.atomic(using=connection.alias):
            followed = follow(connection, _ended(done, connection.alias))
        _tell(followed)
    return seen[-1][0] if len(seen) == limit else None


def _is_over(state: str | None, policy: str) -> bool:
    """Tell if nothing will end an edge any more but this duty."""
    return state is None or state == State.COMPLETED or (state in FINISHED and policy != OnFailure.WAIT)


def free_blocked(connection: BaseDatabaseWrapper, ids: Iterable[str]) -> int:
    """Let those of `ids`, blocked rows, go that wait for nothing; return how many."""
    open_edges = apps.get_model("jobs", "Edge").objects.using(connection.alias).filter(parent=OuterRef("pk"), ended="")
    idle = _jobs(connection.alias).filter(~Exists(open_edges), pk__in=list(ids), state=State.BLOCKED)
    found = [str(pk) for pk in idle.values_list("pk", flat=True)]
    if not found:
        return 0
    with transaction.atomic(using=connection.alias):
        entries = [Entry(*one) for one in free(connection, lock_blocked(connection, found))]
    _tell(Followed(entries=entries))
    return len(entries)


def _ended(ids: Iterable[str], using: str) -> dict[str, str]:
    """Lock jobs and return how those that are over ended; those without a row are deleted."""
    found = _jobs(using).filter(pk__in=ids).select_for_update().order_by("pk")
    states = {str(pk): state for pk, state in found.values_list("pk", "state")}
    gone = {id_: str(Ended.DELETED) for id_ in ids if id_ not in states}
    return gone | {id_: state for id_, state in states.items() if state in FINISHED}


def _tell(followed: Followed) -> None:
    if followed.entries or followed.events:
        logger.warning("Flows: %d jobs freed, %d ended late", len(followed.entries), len(followed.events))
    send(followed.entries)
    announce(followed.events)


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)
