"""Huey on Redis: a job leaves Redis before it runs, so a kill loses it."""

import os

from huey import RedisHuey

from benchmarks.peers.stamp import PAD, record

huey = RedisHuey("bench", url=os.environ["REDIS_URL"], results=False)


@huey.task()
def stamped(n: int, pad: str) -> None:
    """Note that it ran."""
    record(n)


def send(n: int) -> None:
    """Push a task."""
    stamped(n=n, pad=PAD)


def send_later(n: int, ms: int) -> None:
    """Put a task into the schedule, which the consumer reads every second."""
    stamped.schedule(kwargs={"n": n, "pad": PAD}, delay=ms / 1000)
