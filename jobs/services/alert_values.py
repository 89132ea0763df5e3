"""Measures what alert rules watch: one value a queue, or one for the installation (queue "")."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import redis
from django.apps import apps
from django.db.models import Sum
from django.db.models.functions import Now

from jobs.conf import jobs_settings
from jobs.measure import Measure
from jobs.services.dispatching import dispatcher
from jobs.services.figures import measures, oldest_waiting
from jobs.services.queues import metrics, queue_names

if TYPE_CHECKING:
    from jobs.models import AlertRule

Values = dict[str, float | None]


class Look:
    """One look at everything; what several rules ask for is read once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.queues = queue_names()
        self._measures: dict[timedelta, dict[str, Measure]] = {}

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """The six counters by queue; those of a paused queue say that none waits."""
        return metrics(self.queues)

    @cached_property
    def ages(self) -> dict[str, float]:
        """For how long the oldest waiting job has been due, of queues that are not paused."""
        return {queue: age for queue, age in oldest_waiting(self.queues).items() if not self.counts[queue]["paused"]}

    def ended(self, window: timedelta) -> dict[str, Measure]:
        """Return what was counted within the window, by queue."""
        if window not in self._measures:
            total: dict[str, Measure] = {queue: Measure() for queue in self.queues}
            since = (self.now - window).replace(second=0, microsecond=0)
            for (queue, _), measure in measures(self.queues, minutes=1, since=since).items():
                total[queue].add(measure)
            self._measures[window] = total
        return self._measures[window]

    def waiting(self, rule: AlertRule) -> Values:
        """Return the jobs that wait."""
        return {queue: counts["waiting"] for queue, counts in self.counts.items()}

    def failure_rate(self, rule: AlertRule) -> Values:
        """Return the share of failed jobs; None of too few."""
        values: Values = {}
        for queue, measure in self.ended(rule.window).items():
            failed = measure.outcomes["failed"]
            total = failed + measure.outcomes["completed"]
            values[queue] = failed / total if total and total >= rule.least_jobs else None
        return values

    def nothing_finished(self, rule: AlertRule) -> Values:
        """Return how long jobs have waited, None where one has ended in the window."""
        ended = self.ended(rule.window)
        return {
            queue: None
            if ended[queue].outcomes["completed"] + ended[queue].outcomes["failed"]
            else self.ages.get(queue)
            for queue in self.queues
        }

    def redis_memory(self, rule: AlertRule) -> Values:
        """Return the share of the memory limit in use, None without a limit or Redis."""
        if not jobs_settings().dispatch:
            return {"": None}
        try:
            told: Any = dispatcher().client.info("memory")
        except (redis.RedisError, OSError):
            return {"": None}
        limit = int(told.get("maxmemory") or 0)
        return {"": int(told["used_memory"]) / limit if limit else None}

    def oldest_age(self, rule: AlertRule) -> Values:
        """Return how long the oldest job has waited."""
        return {queue: self.ages.get(queue) for queue in self.queues}

    def outcomes_waiting(self, rule: AlertRule) -> Values:
        """Return what living processes could not record yet."""
        alive = apps.get_model("jobs", "Process").objects.filter(fenced_at=None, lease_until__gt=Now())
        return {"": alive.aggregate(total=Sum("unrecorded"))["total"] or 0}


_MEASURED: Final[dict[str, Callable[[Look, AlertRule], Values]]] = {
    "waiting": Look.waiting,
    "failure_rate": Look.failure_rate,
    "nothing_finished": Look.nothing_finished,
    "redis_memory": Look.redis_memory,
    "oldest_age": Look.oldest_age,
    "outcomes_waiting": Look.outcomes_waiting,
}

_WORDS: Final[dict[str, str]] = {
    "waiting": "{value:,.0f} jobs wait (limit {threshold:,.0f})",
    "failure_rate": "{value:.1%} of the jobs that ended failed (limit {threshold:.0%})",
    "nothing_finished": "no job has ended for a while, and one has waited {value:,.0f} s",
    "redis_memory": "Redis uses {value:.0%} of its memory limit (limit {threshold:.0%})",
    "oldest_age": "the oldest job has waited {value:,.0f} s (limit {threshold:,.0f} s)",
    "outcomes_waiting": "{value:,.0f} outcomes wait for the database (limit {threshold:,.0f})",
}


def values(look: Look, rule: AlertRule) -> Values:
    """Return what a rule watches, by queue; None where there is nothing to measure."""
    found = _MEASURED[rule.condition](look, rule)
    return {queue: value for queue, value in found.items() if queue in (rule.queue or queue, "")}


def words(rule: AlertRule, queue: str, value: float) -> str:
    """Return what people read."""
    text = _WORDS[rule.condition].format(value=value, threshold=rule.threshold)
    return f"{queue}: {text}" if queue else text
