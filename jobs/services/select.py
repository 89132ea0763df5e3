"""Turns a filter into a query: the one place that says what its conditions mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q, QuerySet

from jobs.job_filter import JobFilter
from jobs.states import FINISHED

if TYPE_CHECKING:
    from jobs.models import Job

_LOOKUPS = {
    "queue": "queue",
    "states": "state__in",
    "actor": "actor",
    "tenants": "tenant__in",
    "error_type": "error_type",
    "error_contains": "error__icontains",
    "ids": "pk__in",
    "since": "created_at__gte",
    "until": "created_at__lt",
    "attempts_from": "attempts__gte",
    "attempts_to": "attempts__lte",
}


def select(wanted: JobFilter, *, using: str = "default") -> QuerySet[Job]:
    """Return the jobs that meet a filter now, the longest finished first, then by age."""
    given = {lookup: getattr(wanted, name) for name, lookup in _LOOKUPS.items()}
    condition = Q(**{lookup: value for lookup, value in given.items() if value is not None})
    if wanted.states:
        ended = {state in FINISHED for state in wanted.states}
        if len(ended) == 1:  # says nothing new, but lets a partial index serve
            condition &= Q(finished_at__isnull=not ended.pop())
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.using(using)
    return jobs.filter(condition).order_by("finished_at", "pk")
