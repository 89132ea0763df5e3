"""Waits for a job's end."""

from __future__ import annotations

import time
from typing import Any

import redis
from django.apps import apps

from jobs.errors import JobFailed, JobLost, WaitTimeout
from jobs.services.dispatching import dispatcher
from jobs.states import FINISHED, State

_COLUMNS = ("queue", "job_id", "state", "result", "error", "cancel_reason")
LOOK_S = 0.5
"""Without news from Redis the row is read this often."""


def wait_until_finished(job: str, *, timeout: float, using: str = "default") -> Any:
    """Return the job's result once it is completed; reads the row, and lets the event stream say when to read again.

    Raises JobFailed for another end, JobLost for a row that is gone, WaitTimeout. Never waits longer than `timeout` s.
    """
    deadline = time.monotonic() + timeout
    model = apps.get_model("jobs", "Job")
    last = "0"
    while True:
        row = model.objects.using(using).filter(pk=job).values(*_COLUMNS).first()
        if row is None:
            raise JobLost(job)
        if row["state"] == State.COMPLETED:
            return row["result"]
        if row["state"] in FINISHED:
            raise JobFailed(row["job_id"], row["state"], row["cancel_reason"] or row["error"])
        left = deadline - time.monotonic()
        if left <= 0:
            raise WaitTimeout(row["job_id"], timeout, row["state"])
        last = _listen(row["queue"], last, min(left, LOOK_S))


def _listen(queue: str, last: str, seconds: float) -> str:
    """Return after the queue's next event or `seconds`, and the id of the last event seen."""
    try:
        if last == "0":
            found: Any = dispatcher().client.xrevrange(dispatcher().keys(queue).events, count=1)
            return str(found[0][0]) if found else "0-0"
        news: Any = dispatcher().client.xread(
            {dispatcher().keys(queue).events: last}, block=max(1, int(seconds * 1000))
        )
    except (redis.RedisError, OSError):
        time.sleep(seconds)  # Redis is away: the row is the truth, read it at leisure
        return last
    return str(news[0][1][-1][0]) if news else last
