"""Duty: delete finished jobs, operations and roll-ups that have been kept long enough, and old process rows."""

from __future__ import annotations

import time
from datetime import timedelta

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.utils import timezone

from jobs.conf import jobs_settings
from jobs.rows.rollup import keep_for
from jobs.services.dedup import forget_keys
from jobs.services.prune import prune_flows
from jobs.services.prune_operations import prune_operations
from jobs.services.retention import Place, sweep, trim
from jobs.signals import tidied
from jobs.states import State

FENCED_FOR = timedelta(hours=1)
"""A fenced process row is kept at least this long: many full rounds of the patrol."""
LIMIT = 2_000
"""Jobs a turn: the other duties of the caretaker wait meanwhile."""
REST_S = 60.0
"""Between the end of a sweep and the next one."""


class Retention:
    """Completed jobs 7 days, failed and cancelled ones 30, or as queues and settings say; idle queues too."""

    def __init__(self) -> None:
        self._place: Place | None = None
        self._sweep_at = self._tidy_at = 0.0

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Go on with the sweep, or rest after its end; once a minute delete the rest and let the apps delete theirs."""
        now = time.monotonic()
        if now >= self._sweep_at:
            _, self._place = sweep(after=self._place, limit=LIMIT)
            if self._place is None and trim(limit=LIMIT) < LIMIT:
                self._sweep_at = now + REST_S
        if now >= self._tidy_at:
            self._tidy_at = now + REST_S
            _tidy(connection)


def _tidy(connection: BaseDatabaseWrapper) -> None:
    """Delete a bounded number; what fails in an app is logged, and fails alone."""
    conf = jobs_settings()
    forget_keys(older_than=timedelta(days=conf.keep_completed_days))
    prune_flows(older_than=timedelta(days=conf.keep_completed_days))
    prune_operations(older_than=timedelta(days=conf.keep_operations_days))
    keep_for(connection, timedelta(days=conf.keep_roll_ups_days), now=timezone.now(), limit=10_000)
    kept = Now() - timedelta(days=conf.keep_roll_ups_days)
    apps.get_model("jobs", "Alert").objects.filter(closed_at__lt=kept).delete()
    process = apps.get_model("jobs", "Process").objects
    busy = apps.get_model("jobs", "Job").objects.filter(state=State.ACTIVE, finished_at=None).values("worker")
    process.filter(fenced_at__lt=Now() - FENCED_FOR).exclude(pk__in=busy).delete()
    tidied.send_robust(sender=Retention, at=timezone.now())
