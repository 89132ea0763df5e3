"""High queue depth: more workers, more at a time, shorter jobs, or fewer of them."""

from __future__ import annotations

from typing import Final

from django.apps import apps

from jobs.doctor.points import DEEP, Point, Scene, ill, well
from jobs.services.readiness import Finding

FULL = 0.8
"""Utilisation from which on more places help."""


def _depth(scene: Scene) -> Finding:
    if not scene.deep:
        return well(f"no queue has more than {DEEP} jobs waiting")
    ages = {queue: scene.figures[queue].oldest_waiting_s or 0 for queue in scene.deep}
    return ill("; ".join(f"{q}: {scene.counts[q]['waiting']} wait, the oldest {ages[q]:.0f} s" for q in scene.deep))


def _workers(scene: Scene) -> Finding:
    full = [q for q in scene.deep if (scene.figures[q].windows["hour"].utilisation or 0) > FULL or not scene.places[q]]
    if full:
        return ill("all places are busy: " + ", ".join(f"{q} ({scene.places[q]} places)" for q in full))
    return well("places are free where jobs wait" if scene.deep else "enough")


def _concurrency(scene: Scene) -> Finding:
    rows = apps.get_model("jobs", "QueueConfig").objects.filter(queue__in=scene.deep)
    tight = [row.queue for row in rows if row.max_active is not None and row.max_active <= scene.places[row.queue]]
    if tight:
        return ill("a limit of their own keeps jobs back: " + ", ".join(tight))
    return well("no concurrency limit keeps jobs back")


def _slow(scene: Scene) -> Finding:
    spent = [
        (hour.run_average_ms * sum(hour.outcomes.values()), actor, hour.run_average_ms)
        for queue in scene.deep
        for actor, windows in scene.figures[queue].actors.items()
        if (hour := windows.get("hour")) and hour.run_average_ms
    ]
    if not spent:
        return well("no deep queue has run anything in the last hour" if scene.deep else "nothing to optimise")
    _, actor, average = max(spent)
    return ill(f"most time goes into {actor}: {average:.0f} ms a run")


def _submission(scene: Scene) -> Finding:
    rows = apps.get_model("jobs", "QueueConfig").objects.filter(queue__in=scene.deep)
    slow = [row.queue for row in rows if row.max_starts is not None or (row.held_until and row.held_until > scene.now)]
    if slow:
        return ill("starts are limited or held: " + ", ".join(slow))
    return well("starts are not limited")


POINTS: Final = (
    Point(
        check="Queue depth",
        look=_depth,
        remedy="The four points below tell which of the four ways helps.",
    ),
    Point(
        check="Workers are enough",
        look=_workers,
        remedy="Run more of them: another host or replica, `--processes`, or a group of its own (`--queues`).",
    ),
    Point(
        check="Concurrency fits",
        look=_concurrency,
        remedy="`Queue.set_global_concurrency(None)` lifts it; `Queue.set_concurrency` gives a process more.",
    ),
    Point(
        check="Processing time",
        look=_slow,
        remedy="Profile that actor, or split its job: shorter jobs share places better.",
    ),
    Point(
        check="Submission and starts",
        look=_submission,
        remedy="Lift it (`Queue.set_rate_limit(None)`), or let callers submit less: spread by `delay`, refuse early.",
    ),
)
