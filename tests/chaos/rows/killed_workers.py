"""Row 1: worker processes are killed at seeded random moments and at named points."""

from __future__ import annotations

import time
from collections import Counter

from jobs.models import Job
from tests.chaos.actors import Effect
from tests.chaos.failpoints import POINTS
from tests.chaos.recovery import rerun_after
from tests.chaos.world import World

KILLS_PER_CREW = 9
"""A place that has lost more than three children within 30 s waits before it starts another."""
FLAGS = ("--processes", "3")
"""While one is replaced, the two others work: nobody waits for its start."""


def run(world: World) -> None:
    """Kill, again and again, while jobs of seeded lengths run; the last rounds at named points."""
    world.start(*FLAGS)
    for number in range(12 if world.short else 54):
        if number and number % KILLS_PER_CREW == 0:
            _relieve(world)
        world.enqueue(world.work(world.random.randint(20, 40), ms=(10, 90)))
        if number % 3 == 0:
            _effects(world, 6)
        _kill_one(world, alone=number % 3 < 2)
    for number, point in enumerate(POINTS):
        if number % KILLS_PER_CREW == 0:
            _relieve(world)
        _kill_at(world, point)
    world.until(lambda: world.unfinished() == 0, "all jobs end", seconds=90)


def _relieve(world: World) -> None:
    """Let a fresh crew take over."""
    old = world.crews[-1]
    world.start(*FLAGS)
    world.check(old.stop() == 0, "a crew that has lost workers still stops in order")


def _kill_one(world: World, *, alone: bool) -> None:
    """Kill a worker that runs something, a seeded moment after it was seen to; `alone`: while the other works too."""
    crew = world.crews[-1]
    workers = world.until(lambda: _busy(world, 2 if alone else 1), "workers run something")
    if not workers:
        return
    world.pause(0.0, 0.15)
    pid = world.random.choice(sorted(workers))
    world.kill(pid)
    at = time.time()
    if alone and len(crew.children()) > 0:
        world.until(lambda: time.time() > at + 1.0, "a second passes")
        world.recovered(rerun_after(world.lines(), pids=[pid], at=at), within=1.0, after=f"the death of {pid}")


def _busy(world: World, least: int) -> set[int]:
    """Return the workers that run something, none if there are fewer than `least`; keeps them fed."""
    workers = world.busy(world.crews[-1])
    if len(workers) >= least:
        return workers
    if world.unfinished() < 20:
        world.enqueue(world.work(40, ms=(10, 90)))
    return set()


def _effects(world: World, count: int) -> list[str]:
    keys = world.keys(count, "effect")
    world.transactional.update(keys)
    world.enqueue([Effect(ledger=world.ledger, key=key, ms=world.random.randint(0, 30)) for key in keys])
    return keys


def _kill_at(world: World, point: str) -> None:
    """Leave one token, feed the crew until a worker has died of it."""
    token = world.place / "failpoints" / point
    before = Counter(Job.objects.values_list("losses", flat=True))
    token.touch()
    world.enqueue(world.work(10))
    _effects(world, 4)
    world.until(lambda: not token.exists(), f"a worker passes {point}", seconds=20)
    world.until(lambda: world.unfinished() == 0, f"all jobs end after a death at {point}", seconds=30)
    after = Counter(Job.objects.values_list("losses", flat=True))
    world.say(f"{point}: losses {dict(before)} -> {dict(after)}")
