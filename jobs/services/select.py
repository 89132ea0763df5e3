"""Turns a filter into a query: the one place that says what its conditions mean."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Now

from jobs.job_filter import JobFilter
from jobs.services.queues import queue_names
from jobs.states import FINISHED, PENDING, State

if TYPE_CHECKING:
    from jobs.models import Job

_LOOKUPS = {
    "queue": "queue",
    "states": "state__in",
    "actor": "actor",
    "tenants": "tenant__in",
    "error_type": "error_type",
    "error_contains": "error__icontains",
    "fingerprint": "fingerprint",
    "ids": "pk__in",
    "since": "created_at__gte",
    "until": "created_at__lt",
    "attempts_from": "attempts__gte",
    "attempts_to": "attempts__lte",
    "priority_from": "priority__gte",
    "priority_to": "priority__lte",
}

_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?", re.ASCII)


def select(wanted: JobFilter, *, using: str = "default") -> QuerySet[Job]:
    """Return the jobs that meet a filter now, the longest finished first, then by age."""
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.using(using)
    return narrow(jobs, wanted).order_by("finished_at", "pk")


def narrow(jobs: QuerySet[Job], wanted: JobFilter) -> QuerySet[Job]:
    """Return those of the jobs that meet a filter now, in their order."""
    given = {lookup: getattr(wanted, name) for name, lookup in _LOOKUPS.items()}
    condition = Q(**{lookup: value for lookup, value in given.items() if value is not None})
    if wanted.states:
        ended = {state in FINISHED for state in wanted.states}
        if len(ended) == 1:  # says nothing new, but lets a partial index serve
            condition &= Q(finished_at__isnull=not ended.pop())
    if wanted.job_id is not None:
        beginning = wanted.job_id.endswith("*")
        condition &= Q(job_id__startswith=wanted.job_id[:-1]) if beginning else Q(job_id=wanted.job_id)
        if wanted.queue is None:
            condition &= Q(queue__in=queue_names())  # the unique index starts with the queue
    for span, lookup in ((wanted.waited_over, "lt"), (wanted.waited_under, "gt")):
        if span is not None:
            condition &= _waited(span, lookup)
    for span, lookup in ((wanted.ran_over, "lt"), (wanted.ran_under, "gt")):
        if span is not None:
            condition &= _ran(span, lookup)
    for number, (path, text) in enumerate(wanted.payload or ()):
        name = f"payload_{number}"
        jobs = jobs.alias(**{name: _value(path)}).filter(_spelled(name, text))
    return jobs.filter(condition)


def _waited(span: timedelta, lookup: str) -> Q:
    """Compare the wait from the time a job was due: until its last start, or until now while it has not started."""
    still = Q(state__in=PENDING, **{f"run_at__{lookup}": Now() - span})
    return still | (
        ~Q(state__in=PENDING) & Q(started_at__isnull=False, **{f"run_at__{lookup}": F("started_at") - span})
    )


def _ran(span: timedelta, lookup: str) -> Q:
    """Compare the last run: until its end, or until now while it runs."""
    still = Q(state=State.ACTIVE, **{f"started_at__{lookup}": Now() - span})
    return still | Q(state__in=FINISHED, **{f"started_at__{lookup}": F("finished_at") - span})


def _value(path: str) -> Any:
    """Return what stands at a dotted path of the payload; the names are keys, also one called `isnull`."""
    value: Any = F("payload")
    for name in path.split("."):
        value = KeyTransform(name, value)
    return value


def _spelled(name: str, text: str) -> Q:
    """Compare with a text, or the number, true, false or null that it spells."""
    condition = Q(**{name: text})
    return condition | Q(**{name: json.loads(text)}) if _SCALAR.fullmatch(text) else condition
