"""Row 1: worker processes are killed at seeded random moments and at named points."""

from __future__ import annotations

from collections import Counter

from jobs.models import Job
from tests.chaos.actors import Effect
from tests.chaos.crew import Crew
from tests.chaos.failpoints import POINTS
from tests.chaos.recovery import rerun_after
from tests.chaos.world import World

KILLS_PER_CREW = 6
"""A place that has lost more than three children within 30 s waits before it starts another."""


def run(world: World) -> None:
    """Kill, again and again, while jobs of seeded lengths run; the last rounds at named points."""
    kills = 12 if world.short else 54
    world.start()
    world.enqueue(world.work(50))
    for number in range(kills):
        if number and number % KILLS_PER_CREW == 0:
            _relieve(world)
        world.enqueue(world.work(world.random.randint(10, 30)))
        if number % 3 == 0:
            _effects(world, 6)
        _kill_one(world)
    for number, point in enumerate(POINTS):
        if number % 4 == 0:
            _relieve(world)
        _kill_at(world, point)
    world.until(lambda: world.unfinished() == 0, "all jobs end", seconds=90)
    lines = world.lines()
    for pid, at in world.kills:
        world.recovered(rerun_after(lines, pid=pid, at=at), within=1.0 + _slack(world), after=f"the kill of {pid}")


def _slack(world: World) -> float:
    """Both processes may be gone at once: then a new one must first start."""
    return 3.0


def _relieve(world: World) -> None:
    """Let a fresh crew take over."""
    old = world.crews[-1]
    world.start()
    world.check(old.stop() == 0, "a crew that has lost workers still stops in order")


def _kill_one(world: World) -> None:
    crew: Crew = world.crews[-1]
    workers = world.until(crew.children, "a worker lives")
    world.until(lambda: world.unfinished() > 0 or None, "there is work", seconds=5)
    world.pause(0.05, 0.6)
    world.kill(world.random.choice(workers))


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
