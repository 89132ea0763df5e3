"""Celery on Redis: acknowledged after the job, as all others do; no result backend."""

import os

from celery import Celery

from benchmarks.peers.stamp import PAD, record

app = Celery("bench", broker=f"redis+socket://{os.environ['REDIS_SOCKET']}")
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"queue_order_strategy": "priority", "priority_steps": list(range(10))},
    task_default_priority=5,
)


@app.task(name="stamped")
def stamped(n: int, pad: str) -> None:
    """Note that it ran."""
    record(n)


def send(n: int) -> None:
    """Send a task."""
    stamped.apply_async(kwargs={"n": n, "pad": PAD})


def send_later(n: int, ms: int) -> None:
    """Send a task with a countdown."""
    stamped.apply_async(kwargs={"n": n, "pad": PAD}, countdown=ms / 1000)


def send_urgent(n: int) -> None:
    """Send with the best priority, which is 0 on Redis."""
    stamped.apply_async(kwargs={"n": n, "pad": PAD}, priority=0)
