"""Which jobs a caller may read or retry: the one place that HTTP asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from rest_framework.exceptions import NotAuthenticated, PermissionDenied

from jobs.errors import JobNotFound
from jobs.models import Job, Membership, Role
from jobs.services.queues import check_queue, find_job, metrics, tenant_metrics

ROLES = (Role.ADMIN, Role.OWNER)
"""Who runs the jobs of a tenant without a permission of the whole installation."""


class Deed(StrEnum):
    """What is done to jobs, as Django's permissions name it."""

    READ = "jobs.view_job"
    RETRY = "jobs.change_job"
    SEE_SCHEDULE = "jobs.view_schedule"
    SCHEDULE = "jobs.change_schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The jobs of some tenants, or of all (None)."""

    tenants: frozenset[str] | None

    def jobs(self, queue: str) -> QuerySet[Job]:
        """Return the jobs of a queue that are within reach; raises UnknownQueue."""
        jobs = Job.objects.filter(queue=check_queue(queue))
        return jobs if self.tenants is None else jobs.filter(tenant__in=self.tenants)

    def job(self, queue: str, job_id: str) -> Job:
        """Return a job by job_id or UUID; raises JobNotFound, also for a job of somebody else, and UnknownQueue."""
        found = find_job(check_queue(queue), job_id)
        if found is None or (self.tenants is not None and found.tenant not in self.tenants):
            raise JobNotFound(queue, job_id)
        return found

    def metrics(self) -> dict[str, dict[str, int]]:
        """Count the jobs within reach by queue."""
        return metrics() if self.tenants is None else tenant_metrics(self.tenants)


def reach_of(user: User | AnonymousUser, deed: Deed) -> Reach:
    """Return how far a user's permission or roles reach; raises NotAuthenticated, or PermissionDenied for nowhere."""
    if not user.is_authenticated:
        raise NotAuthenticated
    if user.has_perm(deed):
        return Reach(tenants=None)
    tenants = frozenset(Membership.objects.filter(user=user, role__in=ROLES).values_list("tenant_id", flat=True))
    if not tenants:
        raise PermissionDenied
    return Reach(tenants=tenants)
