"""How queues and actors have been doing: rates, waits and runs of the last minute, hour and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import redis
from django.apps import apps
from django.db.models import Min
from django.db.models.functions import Now

from jobs.conf import jobs_settings
from jobs.histogram import percentile
from jobs.measure import OUTCOMES, Measure
from jobs.services.dispatching import dispatcher
from jobs.states import STARTABLE

WINDOWS: Final = {
    "minute": (1, timedelta(minutes=1)),
    "hour": (1, timedelta(hours=1)),
    "day": (60, timedelta(days=1)),
}
"""Name of a window → minutes of the roll-ups that it is read from, length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The runs of a window. Spans are milliseconds, None if nothing ran; rates are of finished jobs a second."""

    outcomes: dict[str, int]
    rate: float
    wait_average_ms: float | None
    wait_p95_ms: float | None
    run_average_ms: float | None
    run_p95_ms: float | None
    utilisation: float | None
    """How much of the time of all places in living processes was spent running; None without a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """A queue's figures: by window, by actor and window, and how long its oldest waiting job has been due."""

    oldest_waiting_s: float | None
    windows: dict[str, Figures]
    actors: dict[str, dict[str, Figures]]


def figures(queues: Sequence[str], *, now: datetime) -> dict[str, QueueFigures]:
    """Return the figures of queues. Reads roll-ups and a few rows by key, never the job table as a whole."""
    oldest = oldest_waiting(queues)
    places = capacity(queues)
    by_queue: dict[str, dict[str, Figures]] = {queue: {} for queue in queues}
    by_actor: dict[str, dict[str, dict[str, Figures]]] = {queue: defaultdict(dict) for queue in queues}
    for window, (minutes, length) in WINDOWS.items():
        found = measures(queues, minutes=minutes, since=_begin(now - length, minutes))
        seconds = (now - _begin(now - length, minutes)).total_seconds()
        for queue in queues:
            total = Measure()
            for (of, actor), measure in found.items():
                if of == queue:
                    total.add(measure)
                    by_actor[queue][actor][window] = _figures(measure, seconds=seconds, places=places[queue])
            by_queue[queue][window] = _figures(total, seconds=seconds, places=places[queue])
    return {
        queue: QueueFigures(
            oldest_waiting_s=oldest.get(queue), windows=by_queue[queue], actors=dict(sorted(by_actor[queue].items()))
        )
        for queue in queues
    }


def measures(queues: Sequence[str], *, minutes: int, since: datetime) -> dict[tuple[str, str], Measure]:
    """Return what was counted since a time, by queue and actor."""
    rows = apps.get_model("jobs", "RollUp").objects.filter(minutes=minutes, start__gte=since, queue__in=queues)
    found: dict[tuple[str, str], Measure] = defaultdict(Measure)
    for row in rows.values("queue", "actor", "wait_ms", "run_ms", "waits", "runs", *OUTCOMES):
        measure = found[(row["queue"], row["actor"])]
        measure.outcomes.update({name: row[name] for name in OUTCOMES})
        measure.wait_ms += row["wait_ms"]
        measure.run_ms += row["run_ms"]
        measure.waits.update({int(n): count for n, count in row["waits"].items()})
        measure.runs.update({int(n): count for n, count in row["runs"].items()})
    return dict(found)


def oldest_waiting(queues: Sequence[str]) -> dict[str, float]:
    """Return for how many seconds the oldest waiting job of each queue has been due; nothing for an empty queue.

    Redis names the candidates, their rows tell the age. Without Redis all unfinished rows are asked.
    """
    waiting = apps.get_model("jobs", "Job").objects.filter(state__in=STARTABLE, finished_at=None, queue__in=queues)
    try:
        if jobs_settings().dispatch:
            waiting = waiting.filter(pk__in=dispatcher().heads(queues))
    except (redis.RedisError, OSError):
        pass  # the slow way is better than none, and an alert may depend on it
    rows = waiting.filter(run_at__lte=Now()).values("queue").annotate(since=Min("run_at"), now=Now())
    return {row["queue"]: max(0.0, (row["now"] - row["since"]).total_seconds()) for row in rows.order_by()}


def capacity(queues: Sequence[str]) -> dict[str, int]:
    """Return how many jobs of each queue all living processes could run at a time."""
    alive = apps.get_model("jobs", "Process").objects.filter(fenced_at=None, lease_until__gt=Now())
    processes = list(alive.values("queues", "threads"))
    return {
        queue: sum(
            min(jobs_settings().queue(queue).concurrency, process["threads"] or 1)
            for process in processes
            if queue in process["queues"]
        )
        for queue in queues
    }


def _begin(at: datetime, minutes: int) -> datetime:
    """Return the start of the roll-up that a time falls into."""
    start = at.replace(second=0, microsecond=0)
    return start if minutes == 1 else start.replace(minute=0)


def _figures(measure: Measure, *, seconds: float, places: int) -> Figures:
    runs = measure.runs.total()  # of a run that was lost with its process no spans are known
    finished = measure.outcomes["completed"] + measure.outcomes["failed"]
    return Figures(
        outcomes={name: measure.outcomes[name] for name in OUTCOMES},
        rate=finished / seconds,
        wait_average_ms=measure.wait_ms / runs if runs else None,
        wait_p95_ms=percentile(measure.waits, 0.95),
        run_average_ms=measure.run_ms / runs if runs else None,
        run_p95_ms=percentile(measure.runs, 0.95),
        utilisation=min(1.0, measure.run_ms / 1000 / seconds / places) if places else None,
    )
