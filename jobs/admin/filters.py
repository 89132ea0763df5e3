"""What the job list can be narrowed to; no choice of theirs asks the job table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import dramatiq
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from jobs.errors import InvalidFilter
from jobs.filter_language import WORDS, parse
from jobs.job_filter import JobFilter
from jobs.models import Job
from jobs.services.queues import queue_names
from jobs.services.select import narrow
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


class LanguageFilter(TextFilter):  # type: ignore[misc]  # unfold is untyped
    """By what is written in the bar above the list; the other filters narrow it further."""

    title = "filter"
    parameter_name = "f"
    template = "jobs/filters/in_the_bar.html"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the jobs that are meant; none if the text cannot be read, which the page then says."""
        try:
            return narrow(queryset, parse(self.value() or "", now=timezone.now()))
        except InvalidFilter as error:
            messages.error(request, str(error))
            return queryset.none()


def wanted_jobs(parameters: Mapping[str, str]) -> JobFilter:
    """Return what the bar and the filters of a list's address mean, as an operation keeps it; raises InvalidFilter."""
    given = {name: parameters[name].strip() for name in parameters if parameters[name].strip()}
    span = CreatedFilter.spans.get(given.get("created", ""))
    narrower: dict[str, Any] = {
        "queue": given.get("queue"),
        "states": (given["state"],) if "state" in given else None,
        "actor": given.get("actor"),
        "tenants": (given["tenant"],) if "tenant" in given else None,
        "since": timezone.now() - span[1] if span else None,
    }
    wanted = parse(given.get("f", ""), now=timezone.now())
    return replace(wanted, **{name: value for name, value in narrower.items() if value is not None})


def bar(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return what the bar above the list needs: its text, and the words and values that it suggests."""
    values = {
        "queue": queue_names(),
        "state": [str(state) for state in State],
        "actor": sorted(dramatiq.get_broker().get_declared_actors()),
    }
    words = [{"word": name, "example": word.example, "help": word.help} for name, word in WORDS.items()]
    return {"text": parameters.get("f", ""), "suggestions": {"words": words, "values": values}}
