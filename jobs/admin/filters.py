"""What the job list can be narrowed to; no choice of theirs asks the job table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import dramatiq
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from jobs.job_filter import JobFilter
from jobs.models import Job
from jobs.services.queues import queue_names
from jobs.states import FINISHED, State

Choices = list[tuple[str, str]]


class QueueFilter(DropdownFilter):  # type: ignore[misc]  # unfold is untyped
    """By queue, of those that are declared."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        """Return the declared queues."""
        return [(name, name) for name in queue_names()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the queue's jobs."""
        return queryset.filter(queue=self.value()) if self.value() else queryset


class StateFilter(DropdownFilter):  # type: ignore[misc]  # unfold is untyped
    """By state."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        """Return all states."""
        return [(state.value, state.capitalize()) for state in State]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the jobs in the state; finished_at says the same of them, and lets a partial index serve."""
        state = self.value()
        return queryset.filter(state=state, finished_at__isnull=state not in FINISHED) if state else queryset


class ActorFilter(DropdownFilter):  # type: ignore[misc]  # unfold is untyped
    """By actor, of those that are registered."""

    title = "actor"
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        """Return the registered actors."""
        return [(name, name) for name in sorted(dramatiq.get_broker().get_declared_actors())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the actor's jobs."""
        return queryset.filter(actor=self.value()) if self.value() else queryset


class TenantFilter(TextFilter):  # type: ignore[misc]  # unfold is untyped
    """By tenant, whose id is typed: there may be thousands."""

    title = "tenant"
    parameter_name = "tenant"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the tenant's jobs."""
        return queryset.filter(tenant=self.value().strip()) if self.value() else queryset


class CreatedFilter(DropdownFilter):  # type: ignore[misc]  # unfold is untyped
    """By age."""

    title = "time of creation"
    parameter_name = "created"
    spans = {
        "15m": ("Last 15 minutes", timedelta(minutes=15)),
        "1h": ("Last hour", timedelta(hours=1)),
        "1d": ("Last 24 hours", timedelta(days=1)),
        "7d": ("Last 7 days", timedelta(days=7)),
    }

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        """Return the spans."""
        return [(key, words) for key, (words, _) in self.spans.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the jobs created within the span; an unknown one is no filter."""
        if self.value() not in self.spans:
            return queryset
        return queryset.filter(created_at__gte=timezone.now() - self.spans[self.value()][1])


def wanted_jobs(parameters: Mapping[str, str]) -> JobFilter:
    """Return what the filters of a list's address mean, as an operation keeps it."""
    given = {name: parameters[name].strip() for name in parameters if parameters[name].strip()}
    span = CreatedFilter.spans.get(given.get("created", ""))
    return JobFilter(
        queue=given.get("queue"),
        states=(given["state"],) if "state" in given else None,
        actor=given.get("actor"),
        tenants=(given["tenant"],) if "tenant" in given else None,
        since=timezone.now() - span[1] if span else None,
    )
