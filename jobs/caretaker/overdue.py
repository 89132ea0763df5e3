"""Duty: reclaim the jobs of processes whose lease has run out."""

from __future__ import annotations

import time

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.conf import jobs_settings
from jobs.rows.process import overdue
from jobs.services.reclaim import reclaim


class ReclaimOverdue:
    """Waits until it has itself seen the database for a whole lease: after an outage everybody's lease is old."""

    def __init__(self) -> None:
        self._seen_since = 0.0
        self._seen_at = 0.0

    def saw_database(self) -> None:
        """Note that the database answers; every turn, also of a caretaker that does not lead, and may have to soon."""
        now = time.monotonic()
        if now - self._seen_at > jobs_settings().lease_s / 2:
            self._seen_since = now
        self._seen_at = now

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Reclaim what is overdue."""
        if time.monotonic() - self._seen_since < jobs_settings().lease_s:
            return
        for process in overdue(connection):
            reclaim(connection, process, only_overdue=True)
