"""Row 5: Redis is killed and comes back with everything, the last second less, older, or empty."""

from __future__ import annotations

import time

from tests.chaos.recovery import effect_after
from tests.chaos.store import MODES
from tests.chaos.world import World

BACK_TO_WORK_S = 5.0


def run(world: World) -> None:
    """Crash it in each mode; jobs are enqueued before, while it is away, and after."""
    world.start_warm()
    for number, mode in enumerate([*MODES, "everysec"]):
        _change_mode(world, mode)
        world.enqueue(world.work(300 if world.short else 600, ms=(0, 60)))
        world.enqueue(world.work(10), delay=world.random.randint(100, 2_500))
        world.enqueue(world.work(5, failures=1))
        world.pause(0.3, 0.9)
        world.store.kill()
        world.say(f"Redis killed in mode {mode}, {world.unfinished()} unfinished")
        world.enqueue(world.work(20))
        world.pause(0.2, 1.5)
        if number == len(MODES):
            world.say(f"cut {world.store.cut_back(0.3)} bytes off")
        world.store.start()
        back = time.time()
        world.enqueue(world.work(10))
        world.until(lambda: world.unfinished() == 0, f"all jobs end after a crash in mode {mode}", seconds=40)
        world.say(f"drained {time.time() - back:.2f} s after Redis was back")
        world.recovered(effect_after(world.lines(), back), within=BACK_TO_WORK_S, after=f"Redis is back ({mode})")


def _change_mode(world: World, mode: str) -> None:
    """Restart the idle server with another persistence."""
    if world.store.mode != mode:
        world.store.kill()
        world.store.mode = mode
        world.store.start()
        world.say(f"Redis runs in mode {mode}")
