"""What a point of a list is, and the one look at everything that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models.functions import Now
from django.utils import timezone

from jobs.services.figures import QueueFigures, capacity, figures
from jobs.services.queues import metrics, queue_names
from jobs.services.readiness import Finding
from jobs.services.registry import WorkerProcess, worker_processes

LATEST = 5_000
"""Finished jobs that are looked at for errors: the latest, so that a look costs the same on any table."""

DEEP = 1_000
"""Waiting jobs from which on a queue is deep, as the default alert has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a list: what to check, how, and what to do if it is not well."""

    check: str
    look: Callable[[Scene], Finding]
    remedy: str


class Scene:
    """What several points want to know, read once."""

    @cached_property
    def now(self) -> datetime:
        """The time of the look."""
        return timezone.now()

    @cached_property
    def queues(self) -> list[str]:
        """All queues."""
        return queue_names()

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """The six counters by queue."""
        return metrics(self.queues)

    @cached_property
    def figures(self) -> dict[str, QueueFigures]:
        """How queues have been doing."""
        return figures(self.queues, now=self.now)

    @cached_property
    def processes(self) -> list[WorkerProcess]:
        """The registered processes."""
        return worker_processes()

    @cached_property
    def places(self) -> dict[str, int]:
        """Jobs of each queue that can run at a time."""
        return capacity(self.queues)

    @cached_property
    def errors(self) -> list[dict[str, Any]]:
        """Queue, actor, error type and error of the dead letters among the latest finished jobs of a day."""
        jobs = apps.get_model("jobs", "Job").objects.filter(finished_at__gt=Now() - timedelta(days=1))
        rows = jobs.order_by("-finished_at").values("queue", "actor", "state", "error_type", "error")[:LATEST]
        return [dict(row) for row in rows if row["state"] == "failed"]

    @property
    def deep(self) -> list[str]:
        """The queues in which many jobs wait."""
        return [queue for queue, counts in self.counts.items() if counts["waiting"] > DEEP]


def well(said: str) -> Finding:
    """Return that a point is well."""
    return Finding(ok=True, said=said)


def ill(said: str) -> Finding:
    """Return that a point is not well."""
    return Finding(ok=False, said=said)
