"""Stock Dramatiq with its RedisBroker: the worker's module, and the feeder when run as a program."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import DramatiqError
from dramatiq.middleware import CurrentMessage

from tests.chaos.ledger import note, note_all
from tests.chaos.say import say

broker = RedisBroker(url=os.environ["REDIS_URL"])  # type: ignore[no-untyped-call]
broker.add_middleware(CurrentMessage())
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name="chaos", max_retries=10, min_backoff=300, max_backoff=300)
def work(ledger: str, key: str, ms: int, failures: int) -> None:
    """Start, work, fail as told, have an effect."""
    message: Any = CurrentMessage.get_current_message()
    retries = message.options.get("retries", 0)
    note(ledger, "S", key, attempt=retries + 1)
    time.sleep(ms / 1000)  # the work
    if retries < failures:
        raise ValueError("as told")
    note(ledger, "F", key, attempt=retries + 1)


def main() -> None:
    """Enqueue every batch; a job whose enqueue has failed is enqueued again."""
    for line in sys.stdin:
        jobs = json.loads(line)
        for job in jobs:
            while not _sent(job):
                time.sleep(0.1)
        note_all(sys.argv[1], "E", [job["key"] for job in jobs])
        say("ok")


def _sent(job: dict[str, Any]) -> bool:
    try:
        work.send(sys.argv[1], job["key"], job["ms"], job["failures"])
    except (DramatiqError, redis.RedisError):
        return False
    return True


if __name__ == "__main__":
    main()
