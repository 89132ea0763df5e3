"""The week before the bad night, as the counters keep it."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from jobs.histogram import bucket
from jobs.models import RollUp
from jobs_project.incident.kinds import KINDS

LOADS: Final = {"ingestion": (90, 900.0), "calculation": (60, 350.0), "webhooks": (140, 120.0), "reports": (6, 4_000.0)}
"""Queue → runs a minute at noon, their usual length in milliseconds."""
ACTORS: Final = {kind.queue: kind.actor for kind in KINDS}


def write_past(*, now: datetime | None = None) -> None:
    """Write the roll-ups of the last two hours by minute, and of the last week by hour."""
    at = (now or timezone.now()).replace(second=0, microsecond=0)
    chance = random.Random(11)  # noqa: S311  # the same week each time
    minutes = [(1, at - timedelta(minutes=back)) for back in range(1, 121)]
    hours = [(60, at.replace(minute=0) - timedelta(hours=back)) for back in range(168)]
    rows = [_row(queue, length, start, at, chance) for length, start in minutes + hours for queue in LOADS]
    RollUp.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _row(queue: str, minutes: int, start: datetime, now: datetime, chance: random.Random) -> RollUp:
    busy, run_ms = LOADS[queue]
    daily = 0.55 + 0.45 * math.sin((start.hour - 8) / 24 * 2 * math.pi)
    runs = round(busy * minutes * daily * chance.uniform(0.85, 1.15))
    failed = sum(round(runs * share) for share in _shares(queue, start, now)) if runs else 0
    length = run_ms * chance.uniform(0.9, 1.2)
    wait = 40 * chance.uniform(0.5, 2)
    return RollUp(
        minutes=minutes,
        start=start,
        queue=queue,
        actor=ACTORS[queue],
        shard="demo",
        completed=runs - failed,
        failed=failed,
        wait_ms=wait * runs,
        run_ms=length * runs,
        waits=_histogram(wait, runs),
        runs=_histogram(length, runs),
    )


def _shares(queue: str, start: datetime, now: datetime) -> list[float]:
    """Return which shares of the runs of a time failed: a few always, many within a kind's hours."""
    age = (now - start).total_seconds() / 60
    return [0.004, *(0.3 for kind in KINDS if kind.queue == queue and kind.ended <= age <= kind.began)]


def _histogram(ms: float, runs: int) -> dict[str, int]:
    tail = runs // 20
    return {str(bucket(ms)): runs - tail, str(bucket(ms * 4)): tail}
