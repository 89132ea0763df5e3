"""Says why a blocked job does not start, and what would let it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from jobs.on_failure import OnFailure
from jobs.states import FINISHED, State

if TYPE_CHECKING:
    from jobs.models import Job

MOST = 20
"""Reasons told; a job may wait for a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldUp:
    """One job that holds another one up, in words; `stuck` means that it stays so until somebody does something."""

    id: str
    name: str
    state: str
    words: str
    tenant: str = ""
    stuck: bool = False


def held_up_by(job: str | UUID, *, tenants: Collection[str] | None = None, using: str = "default") -> list[HoldUp]:
    """Return what a blocked job waits for in the end, the stuck ones first, at most 20; one query a level.

    What is not of `tenants`, if given, is told without its name.
    """
    reasons: list[HoldUp] = []
    level, seen = {UUID(str(job))}, set[UUID]()
    while level and len(reasons) < 10 * MOST:
        seen |= level
        edges = _edges(using).filter(parent__in=level, ended="").order_by("pk")
        rows = list(edges.values_list("child", "on_failure")[: 100 * MOST])
        there = _there([child for child, _ in rows], using)
        rows.sort(key=lambda row: row[1] == OnFailure.WAIT)  # of several edges to one job it decides
        reasons += _reasons(dict(rows), there, using)
        level = {pk for pk, row in there.items() if row.state == State.BLOCKED} - seen
    shown = sorted(reasons, key=lambda reason: not reason.stuck)[:MOST]
    return [r if tenants is None or r.tenant in tenants else replace(r, id="", name="a job of others") for r in shown]


def stuck(*, flows: Sequence[UUID] | None = None, limit: int = 1_000, using: str = "default") -> QuerySet[Job]:
    """Return the blocked jobs that wait for one that failed or was cancelled, which nothing but a person ends."""
    broken = _edges(using).filter(parent=OuterRef("pk"), ended="", child__state__in=(State.FAILED, State.CANCELLED))
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.using(using)
    held = jobs.filter(Exists(broken), state=State.BLOCKED, flow__isnull=False)
    return (held if flows is None else held.filter(flow__in=flows)).order_by("pk")[:limit]


def _reasons(policies: Mapping[UUID, str], there: Mapping[UUID, Job], using: str) -> list[HoldUp]:
    paused = _paused(using)
    served = _served(using)
    found = []
    for child, policy in policies.items():
        row = there.get(child)
        if row is None:
            found.append(HoldUp(id=str(child), name=str(child), state="deleted", words=_WORDS["deleted"]))
        elif row.state != State.BLOCKED:
            key = _key(row, policy, paused, served)
            words = _WORDS[key].format(row=row, at=timezone.localtime(row.run_at))
            name = f"{row.actor} {row.job_id}"
            facts = {"id": str(child), "name": name, "state": row.state, "words": words, "tenant": row.tenant}
            found.append(HoldUp(**facts, stuck=key in _STUCK))
    return found


_WORDS = {
    "deleted": "is gone: the caretaker ends its edge within seconds",
    "over": "is {row.state}: the caretaker ends its edge within seconds",
    "broken": "is {row.state}, and this job waits until it completes: retry it, or free this job",
    "active": "runs",
    "delayed": "starts at {at:%Y-%m-%d %H:%M:%S}",
    "paused": "waits in queue {row.queue}, which is paused: resume it",
    "unserved": "waits in queue {row.queue}, which no worker takes: start one",
    "waiting": "waits in queue {row.queue}",
}
_STUCK = {"broken", "paused", "unserved"}


def _key(row: Job, policy: str, paused: set[str], served: set[str]) -> str:
    if row.state in FINISHED:
        return "broken" if policy == OnFailure.WAIT and row.state != State.COMPLETED else "over"
    if row.state == State.ACTIVE:
        return "active"
    if row.state == State.DELAYED and row.run_at > timezone.now():
        return "delayed"
    if row.queue in paused:
        return "paused"
    return "waiting" if row.queue in served else "unserved"


def _there(ids: Sequence[UUID], using: str) -> dict[UUID, Job]:
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.using(using).filter(pk__in=ids)
    return {row.pk: row for row in jobs.only("pk", "actor", "job_id", "queue", "state", "run_at", "tenant")}


def _paused(using: str) -> set[str]:
    config = apps.get_model("jobs", "QueueConfig").objects.using(using).exclude(paused_at=None)
    return set(config.values_list("queue", flat=True))


def _served(using: str) -> set[str]:
    alive = apps.get_model("jobs", "Process").objects.using(using).filter(fenced_at=None, lease_until__gt=Now())
    return {queue for queues in alive.values_list("queues", flat=True) for queue in queues}


def _edges(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Edge").objects.using(using)
