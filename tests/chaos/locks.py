"""Watches the locks of a database from a thread of its own while something else goes on."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from django.db import connection, connections

EVERY_S = 0.05

_LONGEST = """
SELECT COALESCE(EXTRACT(EPOCH FROM max(clock_timestamp() - xact_start)), 0) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
"""
_WAIT = """
SELECT COALESCE(EXTRACT(EPOCH FROM max(clock_timestamp() - state_change)), 0) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND wait_event_type = 'Lock'
"""


class Locks(threading.Thread):
    """Between enter and exit: the longest writing transaction, and the longest that anybody waited for a lock."""

    def __init__(self) -> None:
        super().__init__(name="locks", daemon=True)
        self.longest_s = self.wait_s = 0.0
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stopped.set()
        self.join(10)

    def run(self) -> None:
        """Look again and again."""
        while not self._stopped.wait(EVERY_S):
            self.longest_s = max(self.longest_s, _ask(_LONGEST))
            self.wait_s = max(self.wait_s, _ask(_WAIT))
        connections.close_all()


def _ask(question: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return float(cursor.fetchone()[0])
