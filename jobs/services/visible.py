"""Reads jobs for somebody: what is out of reach is like what does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps

from jobs.errors import FlowNotFound, JobNotFound
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import permit
from jobs.services.queues import check_queue, find_job, metrics, queue_names, tenant_metrics

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from jobs.models import Flow, Job


def visible_jobs(by: Operator, *, using: str = "default") -> QuerySet[Job]:
    """Return the jobs that somebody may see; raises NotPermitted for none."""
    jobs: QuerySet[Any] = apps.get_model("jobs", "Job").objects.using(using)
    return permit(by, Deed.VIEW).narrow(jobs)


def visible_job(by: Operator, queue: str, job_id: str, *, deed: Deed = Deed.VIEW) -> Job:
    """Return a job by job_id or UUID; raises JobNotFound, also for one of somebody else, UnknownQueue, NotPermitted."""
    reach = permit(by, deed)
    found = find_job(check_queue(queue), job_id)
    if found is None or not reach.holds(queue=found.queue, tenant=found.tenant):
        raise JobNotFound(queue, job_id)
    return found


def visible_flow(by: Operator, flow: str, *, deed: Deed = Deed.VIEW) -> Flow:
    """Return a flow by UUID; raises FlowNotFound, also for one of somebody else, and NotPermitted."""
    reach = permit(by, deed)
    try:
        found: Flow | None = apps.get_model("jobs", "Flow").objects.filter(pk=UUID(flow)).first()
    except ValueError:
        found = None
    if found is None or (reach.tenants is not None and found.tenant not in reach.tenants):
        raise FlowNotFound(flow)
    return found


def visible_tenants(by: Operator) -> frozenset[str] | None:
    """Return the tenants whose jobs somebody may see, None for all; raises NotPermitted for none."""
    return permit(by, Deed.VIEW).tenants


def visible_queues(by: Operator) -> list[str]:
    """Return the queues of whose jobs somebody may see some; raises NotPermitted for none."""
    reach = permit(by, Deed.VIEW)
    return [name for name in queue_names() if reach.queues is None or name in reach.queues]


def visible_metrics(by: Operator) -> dict[str, dict[str, int]]:
    """Count the jobs that somebody may see by queue; raises NotPermitted for none."""
    reach, names = permit(by, Deed.VIEW), visible_queues(by)
    counts = metrics(names) if reach.tenants is None else tenant_metrics(reach.tenants)
    return {name: counts[name] for name in names}
