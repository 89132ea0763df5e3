"""Work for the queues that the upload over HTTP does not reach: short, long, and failing once."""

from __future__ import annotations

import time

from jobs import Payload, actor, current_job


class Compute(Payload):
    """Takes a processor for so many milliseconds."""

    ms: int


class Call(Payload):
    """Waits for so many milliseconds, as for another machine; the first attempt may fail."""

    ms: int
    fails_once: bool = False


class Print(Payload):
    """Waits and tells its progress."""

    ms: int


@actor(queue_name="calculation", actor_name="rehearse-compute")
def compute(payload: Compute) -> None:
    """Compute; twice changes nothing."""
    end = time.monotonic() + payload.ms / 1000
    while time.monotonic() < end:
        sum(range(1_000))


@actor(queue_name="webhooks", actor_name="rehearse-call", min_backoff=500)
def call(payload: Call) -> None:
    """Wait, or fail the first time; twice changes nothing."""
    time.sleep(payload.ms / 1000)
    if payload.fails_once and current_job().attempt == 1:
        raise ConnectionError("the first attempt fails, as told")


@actor(queue_name="reports", actor_name="rehearse-print")
def print_pages(payload: Print) -> None:
    """Tell of three steps; twice changes nothing."""
    for step in range(3):
        time.sleep(payload.ms / 3000)
        current_job().update_progress(33 * (step + 1))
