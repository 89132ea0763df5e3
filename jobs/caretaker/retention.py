"""Duty: delete finished jobs and roll-ups that have been kept long enough, and old process rows."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.utils import timezone

from jobs.conf import jobs_settings
from jobs.rows.rollup import keep_for
from jobs.services.prune import prune, prune_flows
from jobs.signals import tidied
from jobs.states import State

FENCED_FOR = timedelta(hours=1)
"""A fenced process row is kept at least this long: many full rounds of the patrol."""


class Retention:
    """Completed jobs 7 days, failed and cancelled ones 30 (settings); idle queues too."""

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Delete a bounded number, then let the apps delete theirs; what fails there is logged, and fails alone."""
        conf = jobs_settings()
        prune(states=[State.COMPLETED], older_than=timedelta(days=conf.keep_completed_days))
        prune(states=[State.FAILED, State.CANCELLED], older_than=timedelta(days=conf.keep_failed_days))
        prune_flows(older_than=timedelta(days=conf.keep_completed_days))
        keep_for(connection, timedelta(days=conf.keep_roll_ups_days), now=timezone.now(), limit=10_000)
        kept = Now() - timedelta(days=conf.keep_roll_ups_days)
        apps.get_model("jobs", "Alert").objects.filter(closed_at__lt=kept).delete()
        process = apps.get_model("jobs", "Process").objects
        busy = apps.get_model("jobs", "Job").objects.filter(state=State.ACTIVE, finished_at=None).values("worker")
        process.filter(fenced_at__lt=Now() - FENCED_FOR).exclude(pk__in=busy).delete()
        tidied.send_robust(sender=Retention, at=timezone.now())
