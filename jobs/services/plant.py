"""Enqueues flows: jobs, edges and what is known already, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Model, QuerySet

from jobs.dispatch.entries import Entry
from jobs.draft import Draft
from jobs.errors import FlowConflict, JobLost, OtherTenantsJob
from jobs.ids import new_uuid
from jobs.on_failure import OnFailure
from jobs.rows.dialect import wrapper
from jobs.rows.insert import find_known, insert
from jobs.services.dispatching import announce, send_on_commit
from jobs.services.enqueue import CHUNK, Placed
from jobs.services.follow import follow
from jobs.states import FINISHED, State

if TYPE_CHECKING:
    from jobs.models import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One job of a flow: its draft, and what it waits for (ids of earlier drafts or of jobs that are there)."""

    draft: Draft
    after: Mapping[str, OnFailure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A flow as it is now in the database; if its key was known, nothing was placed, and `there` are its jobs."""

    id: str
    created: bool
    placed: list[Placed] = field(default_factory=list)
    there: list[str] = field(default_factory=list)


def plant(planned: Sequence[Planned], *, name: str = "", key: str = "", using: str = DEFAULT_DB_ALIAS) -> Planted:
    """Insert a flow in the caller's transaction, else in one of its own; what need not wait is sent on commit.

    A known `key` (of the same tenant) returns the flow that is there. A job that waits for nothing and whose
    (queue, job_id) is known is that job. Raises FlowConflict for a known one that would have to wait, JobLost, and
    OtherTenantsJob for a job that would wait for another tenant's.
    """
    tenants = {p.draft.tenant for p in planned if p.draft.tenant}
    if len(tenants) > 1:
        _check_tenants(planned)
    tenant = tenants.pop() if len(tenants) == 1 else ""
    with transaction.atomic(using=using):
        id_, created = _flow(name, key, tenant, using)
        if not created:
            return Planted(id=id_, created=False, there=_there(id_, using))
        return Planted(id=id_, created=True, placed=_place(planned, id_, using))


def _check_tenants(planned: Sequence[Planned]) -> None:
    tenants = {p.draft.id: p.draft.tenant for p in planned}
    for one in planned:
        if one.draft.tenant and any(tenants.get(id_, "") not in ("", one.draft.tenant) for id_ in one.after):
            raise OtherTenantsJob(one.draft.job_id)


def _flow(name: str, key: str, tenant: str, using: str) -> tuple[str, bool]:
    flows = apps.get_model("jobs", "Flow").objects.using(using)
    mine = apps.get_model("jobs", "Flow")(pk=new_uuid(), name=name[:200], key=key, tenant=tenant)
    if not key:
        mine.save(using=using, force_insert=True)
        return str(mine.pk), True
    flows.bulk_create([mine], ignore_conflicts=True)
    there = flows.only("pk").get(tenant=tenant, key=key)
    return str(there.pk), there.pk == mine.pk


def _there(flow: str, using: str) -> list[str]:
    there = _jobs(using).filter(flow=flow).order_by("pk").values_list("pk", flat=True)
    return [str(pk) for pk in there]


def _place(planned: Sequence[Planned], flow: str, using: str) -> list[Placed]:
    connection = wrapper(using)
    known: dict[str, str] = {}
    for start in range(0, len(planned), CHUNK):
        known |= _insert([p.draft for p in planned[start : start + CHUNK]], using)
    waiting = {p.draft.id for p in planned if p.after}
    for one in planned:
        if one.draft.id in known and one.after:
            raise FlowConflict(one.draft.queue, one.draft.job_id)
    fresh = [p.draft.id for p in planned if p.draft.id not in known]
    for start in range(0, len(fresh), CHUNK):
        some = fresh[start : start + CHUNK]
        _jobs(using).filter(pk__in=[i for i in some if i in waiting]).update(flow=flow, state=State.BLOCKED)
        _jobs(using).filter(pk__in=[i for i in some if i not in waiting]).update(flow=flow)
    ended = _join(planned, known, flow, using)
    _connect(planned, known, using)
    followed = follow(connection, ended)
    roots = [p.draft for p in planned if not p.after and p.draft.id not in known]
    send_on_commit(
        connection, [Entry(d.queue, d.id, d.priority, d.delay_ms, d.group) for d in roots] + followed.entries
    )
    transaction.on_commit(partial(announce, followed.events), using=using)
    return [Placed(known.get(p.draft.id, p.draft.id), p.draft, p.draft.id not in known) for p in planned]


def _insert(drafts: Sequence[Draft], using: str) -> dict[str, str]:
    """Insert drafts; return id of the draft → id of the row that was there, for those that are known."""
    known: dict[str, str] = {}
    left = list(drafts)
    while left:
        fresh = insert(wrapper(using), left)
        lost = [d for d in left if d.id not in fresh]
        found = find_known(wrapper(using), lost) if lost else {}
        known |= {d.id: found[d.queue, d.job_id] for d in lost if (d.queue, d.job_id) in found}
        left = [d for d in lost if d.id not in known]
    return known


def _join(planned: Sequence[Planned], known: Mapping[str, str], flow: str, using: str) -> dict[str, str]:
    """Take the jobs that were there into the flow, so that their end is followed; return those that have ended.

    Their rows stay locked until the commit: one that ends meanwhile is recorded after it, and then frees its edges.
    """
    mine = {p.draft.id for p in planned}
    wanted = {known.get(i, i) for p in planned for i in p.after if i not in mine or i in known} | set(known.values())
    if not wanted:
        return {}
    found = _jobs(using).filter(pk__in=wanted).select_for_update().order_by("pk")
    there: dict[str, Job] = {str(job.pk): job for job in found.only("pk", "state", "flow", "tenant")}  # type: ignore[misc]
    for one in planned:
        for id_ in one.after:
            child = there.get(known.get(id_, id_))
            if child is None and id_ not in mine:
                raise JobLost(id_)
            if child is not None and one.draft.tenant and child.tenant not in ("", one.draft.tenant):
                raise OtherTenantsJob(one.draft.job_id)
    _jobs(using).filter(pk__in=[id_ for id_, job in there.items() if job.flow_id is None]).update(flow=flow)
    return {id_: job.state for id_, job in there.items() if job.state in FINISHED}


def _connect(planned: Iterable[Planned], known: Mapping[str, str], using: str) -> None:
    edge = apps.get_model("jobs", "Edge")
    edges = [
        edge(parent_id=p.draft.id, child_id=child, on_failure=policy)
        for p in planned
        for child, policy in {known.get(i, i): policy for i, policy in p.after.items()}.items()
    ]
    edge.objects.using(using).bulk_create(edges, batch_size=CHUNK)


def _jobs(using: str) -> QuerySet[Model]:
    return apps.get_model("jobs", "Job").objects.using(using)
