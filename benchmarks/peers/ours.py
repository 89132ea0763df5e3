"""This project: a committed row for every job, all default middleware on."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # Django first
from django.db import transaction  # noqa: E402

from benchmarks.actors import Stamped  # noqa: E402
from jobs import enqueue, enqueue_many  # noqa: E402

CHUNK = 5_000


def prepare() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)


def send(n: int) -> None:
    """Commit a row, send its id."""
    enqueue(Stamped(n=n))


def send_many(first: int, count: int, ms: int = 0) -> None:
    """Commit rows in one transaction, send their ids."""
    enqueue_many([Stamped(n=n) for n in range(first, first + count)], delay=ms or None)


def send_grouped(first: int, count: int, group: str) -> None:
    """Commit rows of one group in one transaction, send their ids."""
    enqueue_many([Stamped(n=n) for n in range(first, first + count)], group=group or None)


def send_together(first: int, count: int) -> None:
    """Enqueue one by one inside one transaction of the caller."""
    with transaction.atomic():
        for n in range(first, first + count):
            enqueue(Stamped(n=n))


def send_later(n: int, ms: int) -> None:
    """Enqueue for later."""
    enqueue(Stamped(n=n), delay=ms)


def send_urgent(n: int) -> None:
    """Enqueue with the highest priority."""
    enqueue(Stamped(n=n), priority=1000)
