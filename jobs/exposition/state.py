"""How the installation stands, read from rows and Redis when asked: the same from whichever process is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import redis
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from jobs.conf import jobs_settings
from jobs.dispatch.connect import connect
from jobs.rows.dialect import wrapper
from jobs.rows.process import has_leader
from jobs.services.figures import capacity, oldest_waiting
from jobs.services.queues import metrics, queue_names
from jobs.services.registry import worker_processes

LOOK_S = 2.0
Values = dict[tuple[str, ...], float]
STANDINGS = ("alive", "paused", "silent", "lost")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge: its name, help, labels, and values by their labels' values."""

    name: str
    help: str
    labels: tuple[str, ...]
    values: Values


class State(Collector):
    """All gauges of the installation. What does not answer is missing, and `jobs_up` says so."""

    def collect(self) -> Iterator[Metric]:
        """Look, and return a family a gauge."""
        up: Values = {}
        gauges = []
        for part, look in (("database", _rows), ("redis", _redis)):
            try:
                gauges += list(look())
                up[(part,)] = 1
            except (Error, redis.RedisError, OSError):
                up[(part,)] = 0
        for gauge in (Gauge("jobs_up", "Whether it answers.", ("part",), up), *gauges):
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            for labels, value in gauge.values.items():
                family.add_metric(labels, value)
            yield family


def _rows() -> Iterator[Gauge]:
    queues = queue_names()
    counts: Values = {(queue, state): n for queue, states in metrics(queues).items() for state, n in states.items()}
    yield Gauge("jobs_queue_jobs", "Jobs by state; the finished ones while kept.", ("queue", "state"), counts)
    ages = oldest_waiting(queues)
    oldest: Values = {(queue,): ages.get(queue, 0.0) for queue in queues}
    yield Gauge("jobs_queue_oldest_seconds", "For how long the oldest waiting job has been due.", ("queue",), oldest)
    places: Values = {(queue,): float(n) for queue, n in capacity(queues).items()}
    yield Gauge("jobs_queue_places", "Jobs that all living processes can run at a time.", ("queue",), places)
    processes = worker_processes()
    standings = Counter(process.standing for process in processes)
    by_standing: Values = {(name,): float(standings[name]) for name in STANDINGS}
    yield Gauge(
        "jobs_processes", "Worker processes; lost ones have let their lease run out.", ("standing",), by_standing
    )
    living = [process for process in processes if process.standing in ("alive", "paused")]
    busy = float(sum(process.busy for process in living))
    yield Gauge("jobs_busy_places", "Places in which a job runs.", (), {(): busy})
    unrecorded = float(sum(process.unrecorded for process in living))
    yield Gauge("jobs_outcomes_waiting", "Outcomes that wait for the database.", (), {(): unrecorded})
    memory = float(sum(process.memory_bytes or 0 for process in living))
    yield Gauge("jobs_processes_memory_bytes", "Resident memory of all worker processes.", (), {(): memory})
    leads = float(has_leader(wrapper(DEFAULT_DB_ALIAS)))
    yield Gauge("jobs_caretaker_leads", "Whether a caretaker holds the leadership.", (), {(): leads})
    yield Gauge("jobs_alerts_open", "Open alerts.", ("rule", "severity", "queue"), _alerts())


def _alerts() -> Values:
    alerts = apps.get_model("jobs", "Alert").objects.filter(opened_at__isnull=False, closed_at=None)
    return dict.fromkeys(alerts.values_list("rule__name", "severity", "queue"), 1.0)


def _redis() -> Iterator[Gauge]:
    if not jobs_settings().dispatch:
        return
    with connect(settings.REDIS_URL, timeout_s=LOOK_S) as client:
        told: Any = client.info("memory")
    used, limit = float(told["used_memory"]), float(told.get("maxmemory") or 0)
    yield Gauge("jobs_redis_memory_bytes", "Memory that Redis uses.", (), {(): used})
    yield Gauge("jobs_redis_memory_limit_bytes", "Redis' maxmemory; 0: none.", (), {(): limit})
