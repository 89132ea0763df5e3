"""Row 4: jobs that kill, hang, exhaust or block their process, and processes whose own threads end or hang."""

from __future__ import annotations

import time

from jobs.models import Job
from tests.chaos.actors import MISDEEDS, Hold, Poison
from tests.chaos.world import World

THREADS = [("before-record", "hang"), ("before-claim", "end"), ("before-claim", "hang"), ("before-record", "end")]
"""The recorder passes the record, the I/O thread the claim."""


def run(world: World) -> None:
    """Mix poison and neighbours; all poison becomes dead letters with reasons, all neighbours complete."""
    world.start()
    world.quiet_s = 150
    world.enqueue(world.work(30, ms=(20, 200)))
    hold = world.keys(1, "hold")[0]
    world.enqueue([Hold(ledger=world.ledger, key=hold, seconds=7)])
    world.enqueue(world.work(30, ms=(20, 200)))
    world.until(lambda: Job.objects.get(job_id=hold).state == "completed", "the GIL's holder completes", seconds=40)
    world.check(Job.objects.get(job_id=hold).losses == 0, "the GIL's holder kept its lease and ran once")
    for what in MISDEEDS:
        key = f"poison-{what}"
        world.dead.add(key)
        world.enqueue([Poison(ledger=world.ledger, key=key, what=what)], attempts=1)
        world.enqueue(world.work(20, ms=(20, 200)))
    world.until(lambda: world.unfinished() == 0, "all poison is put aside", seconds=world.quiet_s)
    for key, kind, error in Job.objects.filter(state="failed").values_list("job_id", "error_type", "error"):
        world.say(f"{key}: {kind}: {error[:100]}")
        world.check(kind and error, f"{key} says why it is a dead letter")
    for point, strike in THREADS if not world.short else THREADS[:2]:
        _strike(world, point, strike)


def _strike(world: World, point: str, strike: str) -> None:
    """Let the thread of one worker that passes `point` hang or end: the process is replaced, its jobs run elsewhere."""
    crew = world.crews[0]
    world.until(lambda: len(crew.children()) == 2, "both workers are there")
    before = set(crew.children())
    token = world.place / "failpoints" / point
    token.write_text(strike)

    def passed() -> bool:
        if world.unfinished() < 20:
            world.enqueue(world.work(20, ms=(20, 200)))
        return not token.exists()

    world.until(passed, f"a worker passes {point}")
    at = time.time()
    world.until(lambda: before - set(crew.children()), f"a process whose thread {strike}s at {point} goes", seconds=10)
    world.recovered(time.time() - at, within=6.0, after=f"a thread {strike}s at {point}")
    world.until(lambda: world.unfinished() == 0, f"all jobs end after {strike} at {point}", seconds=40)
