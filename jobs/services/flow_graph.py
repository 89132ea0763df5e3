"""Reads the graph of a flow; jobs that stand in it alike are one node of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet

if TYPE_CHECKING:
    from jobs.models import Job

MOST = 5_000
"""Jobs read; of a larger flow the first."""
ALIKE = 4
"""So many jobs that stand alike are drawn as one."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One job, or `count` jobs that stand alike; `jobs` are their ids."""

    jobs: tuple[str, ...]
    actor: str
    queue: str
    state: str
    name: str

    @property
    def count(self) -> int:
        """How many jobs it stands for."""
        return len(self.jobs)


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """Node `parent` waits for node `child`, both by number; `ended` is empty while it does."""

    parent: int
    child: int
    on_failure: str
    ended: str


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """Nodes, what is waited for before what waits, and edges; `whole` False: the flow has more jobs than were read."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    whole: bool = True


def read_graph(flow: str | UUID, *, tenants: Iterable[str] | None = None, using: str = "default") -> FlowGraph:
    """Return a flow's graph, with the jobs of other flows that it waits for; of `tenants` only, if given."""
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.using(using)
    if tenants is not None:
        jobs = jobs.filter(tenant__in=list(tenants))
    mine = {job.pk: job for job in _lean(jobs.filter(flow=UUID(str(flow))))[: MOST + 1]}
    whole = len(mine) <= MOST
    edges = apps.get_model("jobs", "Edge").objects.using(using).filter(parent__in=list(mine)).order_by("pk")
    found = list(edges.values_list("parent", "child", "on_failure", "ended")[: 4 * MOST])
    others = {child for _, child, _, _ in found} - mine.keys()
    mine |= {job.pk: job for job in _lean(jobs.filter(pk__in=list(others)))}
    return _group(mine, [edge for edge in found if edge[1] in mine], whole=whole)


def _lean(jobs: QuerySet[Job]) -> QuerySet[Job]:
    return jobs.order_by("pk").only("pk", "actor", "queue", "state", "job_id")


def _group(jobs: Mapping[UUID, Job], edges: list[tuple[UUID, UUID, str, str]], *, whole: bool) -> FlowGraph:
    up, down = defaultdict(list), defaultdict(list)
    for parent, child, policy, ended in edges:
        up[child].append((parent, policy, ended))
        down[parent].append((child, policy))
    alike = defaultdict(list)
    for pk in sorted(jobs):
        job = jobs[pk]
        alike[job.actor, job.queue, job.state, frozenset(up[pk]), frozenset(down[pk])].append(pk)
    groups: list[list[UUID]] = []
    for members in alike.values():
        together = len(members) >= ALIKE and (up[members[0]] or down[members[0]])
        groups += [members] if together else [[one] for one in members]
    groups.sort()
    number = {pk: n for n, members in enumerate(groups) for pk in members}
    nodes = [
        GraphNode(tuple(map(str, members)), job.actor, job.queue, job.state, job.job_id)
        for members in groups
        for job in [jobs[members[0]]]
    ]
    lines = [GraphEdge(number[above], number[below], *rest) for above, below, *rest in edges]
    return FlowGraph(nodes, list(dict.fromkeys(lines)), whole)
