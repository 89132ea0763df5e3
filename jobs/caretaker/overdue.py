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

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Reclaim what is overdue."""
        lease = jobs_settings().lease_s
        now = time.monotonic()
        if now - self._seen_at > lease / 2:
            self._seen_since = now
        late = overdue(connection)
        self._seen_at = time.monotonic()
        if now - self._seen_since < lease:
            return
        for process in late:
            reclaim(connection, process, only_overdue=True)
