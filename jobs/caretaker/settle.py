"""Duty: settle queues whose Redis is new or older than we know."""

from __future__ import annotations

from collections.abc import Callable

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.services.dispatching import dispatcher
from jobs.services.queues import queue_names
from jobs.services.settle import settle


class Settle:
    """Looks for `settling` queues; calls `on_settled` so that the patrol hurries."""

    def __init__(self, *, on_settled: Callable[[], None]) -> None:
        self.on_settled = on_settled

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Settle every queue that needs it."""
        for stats in dispatcher().stats(queue_names()):
            if stats.settling:
                settle(connection, stats)
                self.on_settled()
