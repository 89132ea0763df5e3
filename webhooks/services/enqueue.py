"""Enqueues webhook jobs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jobs import JobHandle, enqueue
from webhooks.conf import webhook_conf
from webhooks.payloads import DeliverWebhook


def enqueue_webhook(
    payload: DeliverWebhook | Mapping[str, Any] | None = None,
    /,
    *,
    priority: int = 0,
    delay: timedelta | int | None = None,
    job_id: str | None = None,
    attempts: int | None = None,
    **fields: Any,
) -> JobHandle:
    """Enqueue the sending of a message, in the caller's transaction, and return the job.

    The payload comes as such, as a dict in camelCase, or as keywords in snake_case. `delay` in milliseconds or as a
    timedelta; `attempts` counts the first try, by default as configured. A `job_id` that is known, by default the
    message's own, returns the job there is.
    """
    given = payload if isinstance(payload, DeliverWebhook) else DeliverWebhook.read(payload or fields)
    return enqueue(
        given,
        priority=priority,
        delay=delay,
        job_id=job_id,
        attempts=webhook_conf().max_attempts if attempts is None else attempts,
    )
