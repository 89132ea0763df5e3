"""Follows jobs that have ended: frees the jobs that waited for them, or ends those too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.dispatch.entries import Entry
from jobs.on_failure import OnFailure
from jobs.rows.count import add_counts
from jobs.rows.edges import EndedEdge, end_edges, free, lock_blocked, names, stop
from jobs.states import State

_STOPS = {OnFailure.FAIL: State.FAILED, OnFailure.SKIP: State.CANCELLED}


@dataclass(frozen=True, slots=True)
class Followed:
    """What moved: entries of freed jobs for Redis, and events (id, state, queue) of jobs that never started."""

    entries: list[Entry] = field(default_factory=list)
    events: list[tuple[str, str, str]] = field(default_factory=list)


def follow(connection: BaseDatabaseWrapper, ended: Mapping[str, str]) -> Followed:
    """End the edges to jobs (id → how they ended) and move what waited, in the transaction that ends the jobs.

    Only jobs that belong to a flow need be given. After the commit the entries are the caller's to send; if it dies
    before, the patrol sends them.
    """
    followed = Followed()
    while ended:
        edges = end_edges(connection, ended)
        blocked = set(lock_blocked(connection, {edge.parent for edge in edges})) if edges else set()
        mine = [edge for edge in edges if edge.parent in blocked]
        ended = _stop(connection, mine, followed)
        at_once = {edge.parent for edge in mine if edge.broken and edge.on_failure == OnFailure.GO_ON}
        if blocked:
            freed = free(connection, sorted(blocked), at_once=at_once - ended.keys())
            followed.entries.extend(Entry(*one) for one in freed)
    return followed


def _stop(connection: BaseDatabaseWrapper, edges: list[EndedEdge], followed: Followed) -> dict[str, str]:
    """End the jobs whose edges say so; return how each ended: what waits for them is next."""
    broken = [edge for edge in edges if edge.broken and edge.on_failure in _STOPS]
    if not broken:
        return {}
    called = names(connection, {edge.child for edge in broken})
    ended: dict[str, str] = {}
    for policy, state in _STOPS.items():
        why = {
            edge.parent: f"It waited for {called.get(edge.child, edge.child)}, which is {edge.ended}."
            for edge in broken
            if edge.on_failure == policy and edge.parent not in ended
        }
        stopped = stop(connection, why, state=state) if why else []
        add_counts(connection, [(queue, state) for _, queue in stopped])
        followed.events.extend((id_, str(state), queue) for id_, queue in stopped)
        ended |= {id_: str(state) for id_, _ in stopped}
    return ended
