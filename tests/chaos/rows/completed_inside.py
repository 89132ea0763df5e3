"""Row complete: workers are killed around the commit that holds a job's effect and its completion."""

from __future__ import annotations

from jobs.models import Job
from tests.chaos.actors import Effect
from tests.chaos.world import World

KILLS_PER_CREW = 6
"""A place that has lost more than three children within 30 s waits before it starts another."""
POINTS = ("before-complete-commit", "during-complete-commit", "during-complete-commit", "after-complete-commit")
LONGEST_COMMIT_S = 0.0008


def run(world: World) -> None:
    """Kill 50 times (short: 12), each time the process that runs the round's one effect; others work beside it."""
    world.start()
    again = dict.fromkeys(POINTS, 0)
    for number in range(12 if world.short else 50):
        if number and number % KILLS_PER_CREW == 0:
            _relieve(world)
        point = POINTS[number % len(POINTS)]
        again[point] += _kill_at(world, point)
    world.say(f"second starts by point: {again}")


def _kill_at(world: World, point: str) -> int:
    """Kill the worker that completes an effect; return how often the effect's job was lost, 0 or 1."""
    crew, token = world.crews[-1], world.place / "failpoints" / point
    before = set(world.until(lambda: len(crew.children()) == 2 and crew.children(), "both workers live"))
    after_s = world.random.uniform(0, LONGEST_COMMIT_S) if point.startswith("during") else 0.0
    token.write_text(f"die {after_s:.6f}" if after_s else "")
    (key,) = world.keys(1, "effect")
    world.transactional.add(key)
    world.enqueue(world.work(6, ms=(5, 30)))
    world.enqueue([Effect(ledger=world.ledger, key=key, ms=world.random.randint(0, 10))])
    world.until(lambda: before - set(crew.children()), f"a worker dies at {point}", seconds=20)
    world.until(lambda: world.unfinished() == 0, f"all jobs end after a death at {point}", seconds=30)
    losses = Job.objects.get(job_id=key).losses
    starts = sum(line.key == key and line.event == "S" for line in world.lines())
    world.say(f"{key}: killed {point} (+{after_s * 1000:.2f} ms): {losses} losses, {starts} starts")
    expected = {"before-complete-commit": {1}, "after-complete-commit": {0}}.get(point, {0, 1})
    world.check(losses in expected and starts == losses + 1, f"{key}, killed {point}, ran {starts} times")
    return losses


def _relieve(world: World) -> None:
    """Let a fresh crew take over."""
    old = world.crews[-1]
    world.start()
    world.check(old.stop() == 0, "a crew that has lost workers still stops in order")
    world.until(lambda: world.unfinished() == 0, "all jobs end")
