"""Brings a Redis that is new or older than we know in line with the rows (protocol.md, Epoch)."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now

from jobs.dispatch.entries import QueueStats
from jobs.rows.dialect import GROUP, run, text_id
from jobs.services.dispatching import dispatcher
from jobs.services.limits import limits, send_limits
from jobs.services.shares import send_shares

logger = logging.getLogger("jobs.settle")
_ACTIVE = (
    f"SELECT id, worker, priority, {GROUP} "  # noqa: S608  # our own constants
    "FROM jobs_job WHERE finished_at IS NULL AND state = 'active' AND queue = %s"
)


def settle(connection: BaseDatabaseWrapper, stats: QueueStats) -> bool:
    """Put a queue's active rows, limits and rate window back, then let it be taken from; true once lifted."""
    rows = run(connection, _ACTIVE, [stats.queue])
    send_limits(stats.queue)
    send_shares(stats.queue)
    _fill_window(stats.queue)
    groups = {text_id(row[0]): row[3] for row in rows if row[3]}
    active = [(text_id(row[0]), text_id(row[1]), row[2]) for row in rows]
    lifted = dispatcher().settle(stats.queue, active, epoch=stats.settling, groups=groups)
    level = logging.WARNING if active else logging.INFO  # the first start of all finds a new Redis too
    logger.log(level, "Redis was new or older for queue %s: %d running jobs entered again", stats.queue, len(active))
    return lifted


def _fill_window(queue: str) -> None:
    """Enter the starts of the last window, so that a wiped Redis allows no second burst."""
    window = limits(queue)
    if not window.max_starts or not window.window_ms:
        return
    recent = (
        apps.get_model("jobs", "Job")
        .objects.filter(queue=queue, started_at__gt=Now() - timedelta(milliseconds=window.window_ms))
        .annotate(now=Now())
        .order_by("-started_at")
    )
    starts = recent.values_list("pk", "started_at", "now")[: window.max_starts]
    ages = [(str(pk), int((now - started).total_seconds() * 1000)) for pk, started, now in starts if started]
    if ages:
        dispatcher().fill_window(queue, ages)
