"""Enqueues calculations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from calculations.payloads import CalculateBatch
from jobs import JobHandle, enqueue


def enqueue_calculation(
    payload: CalculateBatch | Mapping[str, Any] | None = None,
    *,
    priority: int = 0,
    delay: timedelta | int | None = None,
    job_id: str | None = None,
    attempts: int | None = None,
    **fields: Any,
) -> JobHandle:
    """Enqueue the calculation of a batch in the caller's transaction, and return the job, or the one known by its id.

    The payload comes as such, as an object with camelCase keys, or as keywords: `tenant_id`, `batch_id`, `run`.
    `delay` is a timedelta or milliseconds; jobs of a higher `priority` go first.
    """
    if not isinstance(payload, CalculateBatch):
        payload = CalculateBatch.read({**(payload or {}), **fields})
    return enqueue(payload, priority=priority, delay=delay, job_id=job_id, attempts=attempts)
