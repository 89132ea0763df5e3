"""Duties: compare unfinished rows with Redis, recent ones often, all of them steadily."""

from __future__ import annotations

import time

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.unfinished import START, unfinished
from jobs.services.limits import send_limits
from jobs.services.patrol import patrol_page, sweep_active
from jobs.services.queues import queue_names
from jobs.services.shares import send_shares

PAGE = 1_000
STEADY_PAGES, HURRIED_S, RECENT_PAGES = 1, 2.0, 5
"""Pages a turn of 0.25 s: 4,000 rows a second, 6 % of a core; after a wipe as many as fit into 2 s. A page costs the
caretaker, PostgreSQL and Redis some 15 ms together: at 20,000 rows a second a backlog took a sixth of the drain."""


class PatrolRecent:
    """Looks at rows asked for in the last two minutes: where a lost message is found within seconds."""

    def __init__(self) -> None:
        self._cursor = START

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Walk through them; what a burst leaves over comes the next time."""
        for _ in range(RECENT_PAGES):
            page = unfinished(connection, self._cursor, limit=PAGE, recent=True)
            patrol_page(connection, page.rows)
            self._cursor = page.cursor or START
            if page.cursor is None:
                return


class PatrolAll:
    """Walks through all unfinished rows, a bounded number a turn; then sends limits again and starts anew."""

    def __init__(self) -> None:
        self._cursor = START
        self._hurried = True
        self._rest_until = 0.0

    def hurry(self) -> None:
        """Start from the beginning and go at full speed: Redis has been wiped."""
        self._cursor, self._hurried, self._rest_until = START, True, 0.0

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Walk on."""
        if time.monotonic() < self._rest_until:
            return
        end = time.monotonic() + HURRIED_S
        pages = 0
        while pages < STEADY_PAGES or (self._hurried and time.monotonic() < end):
            page = unfinished(connection, self._cursor, limit=PAGE)
            patrol_page(connection, page.rows)
            pages += 1
            if page.cursor is None:
                self._finish_round()
                return
            self._cursor = page.cursor

    def _finish_round(self) -> None:
        self._cursor, self._hurried = START, False
        self._rest_until = time.monotonic() + 5.0  # an idle queue need not be walked through four times a second
        for queue in queue_names():
            send_limits(queue)
            send_shares(queue)


class SweepActive:
    """Clears active entries that two looks 10 s apart found wrong."""

    def __init__(self) -> None:
        self._before: dict[str, dict[str, str]] = {}

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Look at every queue."""
        for queue in queue_names():
            self._before[queue] = sweep_active(connection, queue, self._before.get(queue, {}))
