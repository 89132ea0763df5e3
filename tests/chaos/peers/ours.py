"""Feeds this project's queue: reads batches from standard input, answers each with a line."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django
from django.db import Error, close_old_connections

from tests.chaos.ledger import note_all
from tests.chaos.say import say


def main() -> None:
    """Enqueue every batch until it is committed."""
    django.setup()
    for line in sys.stdin:
        jobs = json.loads(line)
        while not _enqueued(jobs):
            time.sleep(0.1)
        note_all(sys.argv[1], "E", [job["key"] for job in jobs])
        say("ok")


def _enqueued(jobs: list[dict[str, Any]]) -> bool:
    from jobs import enqueue_many  # noqa: PLC0415  (Django is set up first)
    from tests.chaos.actors import Work  # noqa: PLC0415

    works = [Work(ledger=sys.argv[1], key=job["key"], ms=job["ms"], failures=job["failures"]) for job in jobs]
    try:
        enqueue_many(works, attempts=10)
    except Error:
        close_old_connections()
        return False
    return True


if __name__ == "__main__":
    main()
