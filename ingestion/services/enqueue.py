"""Asks for index values to be stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from ingestion.payloads import IngestIndexData
from jobs import JobHandle, canonical_json, enqueue

DIGEST_DIGITS = 8


def enqueue_ingestion(
    payload: IngestIndexData | Mapping[str, Any] | None = None,
    /,
    *,
    priority: int = 0,
    delay: int | timedelta | None = None,
    job_id: str | None = None,
    attempts: int | None = None,
    **fields: Any,
) -> JobHandle:
    """Enqueue an ingestion job, given as payload, as its JSON object or as keywords; `delay` in milliseconds.

    Without a `job_id` the same input is one job (`created` is False the second time), and other data for the same
    series, day and version are another: the id then ends in the first digits of the data's SHA-256.
    """
    if not isinstance(payload, IngestIndexData):
        payload = IngestIndexData.read({**(payload or {}), **fields})
    with transaction.atomic():
        job = enqueue(payload, priority=priority, delay=delay, job_id=job_id, attempts=attempts)
        if job.created or job_id is not None or payload.upload_id is not None:
            return job
        data = payload.data_as_json()
        if job.data.get("data", []) == data:
            return job
        digest = hashlib.sha256(canonical_json(data).encode()).hexdigest()[:DIGEST_DIGITS]
        other_id = f"{payload.default_job_id()}-{digest}"
        return enqueue(payload, priority=priority, delay=delay, job_id=other_id, attempts=attempts)
