"""Enqueues report jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jobs import JobHandle, enqueue
from reports.payloads import GenerateReport


def enqueue_report(
    payload: GenerateReport | Mapping[str, Any] | None = None,
    /,
    *,
    priority: int = 0,
    delay: timedelta | int | None = None,
    job_id: str | None = None,
    attempts: int | None = None,
    **fields: Any,
) -> JobHandle:
    """Enqueue the making of a report in the caller's transaction, and return the job, or the one known by its id.

    The payload comes as such, as an object with camelCase keys, or as keywords in snake_case; `delay` is a timedelta
    or milliseconds. `request_report` is the way for people: it checks first, and sees that a batch has changed.
    """
    given = payload if isinstance(payload, GenerateReport) else GenerateReport.read({**(payload or {}), **fields})
    return enqueue(given, priority=priority, delay=delay, job_id=job_id, attempts=attempts)
