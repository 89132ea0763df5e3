"""Finds jobs by what an operator pastes: a job id, its beginning, or a UUID."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from jobs.models import Job
from jobs.services.queues import queue_names


def search(jobs: QuerySet[Job], text: str) -> QuerySet[Job]:
    """Return the jobs that `text` names: exactly if there are any (two index look-ups), else by the id's beginning."""
    named = Q(queue__in=queue_names(), job_id=text)  # the unique index starts with the queue
    if uuid := _uuid(text):
        named |= Q(pk=uuid)
    exact = jobs.filter(named)
    return exact if exact.exists() else jobs.filter(queue__in=queue_names(), job_id__startswith=text)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
