"""How everything stands, for the overview: computed once a tick, whoever looks, and not at all if nobody does."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.db.models import Sum
from django.utils import timezone

from jobs.services.figures import QueueFigures, figures
from jobs.services.queues import metrics, queue_names
from jobs.services.registry import standing

TICK: Final = timedelta(seconds=2)
MINUTES: Final = 60
"""Minutes of a sparkline."""
RANGES: Final = {"1h": (1, timedelta(hours=1)), "24h": (60, timedelta(hours=24)), "7d": (60, timedelta(days=7))}
"""Range of a chart → minutes of its roll-ups, length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """One queue: its counts, its figures, and how many jobs ended in each of the last minutes, now last."""

    queue: str
    counts: dict[str, int]
    is_paused: bool
    figures: QueueFigures
    ended: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the overview shows of one moment."""

    at: datetime
    queues: list[QueueNow]
    alerts: list[Any]
    workers: dict[str, int]


_lock = threading.Lock()
_last: list[Snapshot] = []


def snapshot() -> Snapshot:
    """Return the snapshot of this tick; each process makes at most one, whoever comes meanwhile waits for it."""
    with _lock:
        if not _last or timezone.now() - _last[0].at > TICK:
            _last[:] = [look(now=timezone.now())]
        return _last[0]


def look(*, now: datetime) -> Snapshot:
    """Look at everything now. Reads counters, roll-ups and small tables, never the job table as a whole."""
    names = queue_names()
    counts, doing, ended = metrics(names), figures(names, now=now), _ended(now)
    paused = set(_model("QueueConfig").exclude(paused_at=None).values_list("queue", flat=True))
    workers: dict[str, int] = {}
    for row in _model("Process").filter(fenced_at=None):
        state = standing(row, now=now)
        workers[state] = workers.get(state, 0) + 1
    return Snapshot(
        at=now,
        queues=[
            QueueNow(
                queue=name,
                counts=counts[name],
                is_paused=name in paused,
                figures=doing[name],
                ended=tuple(ended.get(name, [0] * MINUTES)),
            )
            for name in names
        ],
        alerts=list(_model("Alert").filter(closed_at=None).exclude(opened_at=None).select_related("rule")[:20]),
        workers=workers,
    )


def series(window: str, *, now: datetime) -> dict[str, list[int]]:
    """Return a chart's points: `at` (seconds since 1970), and how many jobs completed, failed and were retried.

    `window` is one of RANGES; spans without any run are zero.
    """
    minutes, length = RANGES[window]
    step = timedelta(minutes=minutes)
    begin = _floor(now - length, minutes)
    rows = _model("RollUp").filter(minutes=minutes, start__gte=begin).values("start").order_by("start")
    found = {row["start"]: row for row in rows.annotate(c=Sum("completed"), f=Sum("failed"), r=Sum("retried"))}
    starts = [begin + place * step for place in range(int(length / step) + 1)]
    none = {"c": 0, "f": 0, "r": 0}
    return {
        "at": [int(start.timestamp()) for start in starts],
        "completed": [found.get(start, none)["c"] for start in starts],
        "failed": [found.get(start, none)["f"] for start in starts],
        "retried": [found.get(start, none)["r"] for start in starts],
    }


def _ended(now: datetime) -> dict[str, list[int]]:
    begin = _floor(now, 1) - timedelta(minutes=MINUTES - 1)
    rows = _model("RollUp").filter(minutes=1, start__gte=begin).values("queue", "start").order_by()
    found: dict[str, list[int]] = {}
    for row in rows.annotate(n=Sum("completed") + Sum("failed")):
        place = int((row["start"] - begin) / timedelta(minutes=1))
        if 0 <= place < MINUTES:
            found.setdefault(row["queue"], [0] * MINUTES)[place] += row["n"]
    return found


def _floor(at: datetime, minutes: int) -> datetime:
    start = at.replace(second=0, microsecond=0)
    return start if minutes == 1 else start.replace(minute=0)


def _model(name: str) -> Any:
    return apps.get_model("jobs", name).objects
