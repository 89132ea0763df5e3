"""Row 7: Redis is away while jobs fail, are retried, fall due and get enqueued."""

from __future__ import annotations

import time

from tests.chaos.feeder import Feeder
from tests.chaos.recovery import effect_after
from tests.chaos.world import World


def run(world: World) -> None:
    """Take Redis away under jobs that will fail meanwhile, and bring it back."""
    away = 5.0 if world.short else 20.0
    crew = world.start_warm()
    world.enqueue(world.work(40, ms=(100, 1_500), failures=1))
    world.enqueue(world.work(10, ms=(0, 50), failures=2))
    world.enqueue(world.work(20), delay=2_000)
    world.pause(0.3, 0.8)
    world.store.kill()
    world.say("Redis killed")
    feeder = Feeder(world, failures=1)
    feeder.start()
    time.sleep(2.0)  # what runs ends
    world.rest(crew, away - 2, share=0.5, while_="Redis is away")
    world.store.start()
    back = time.time()
    world.recovered(
        world.until(lambda: effect_after(world.lines(), back), "an effect after Redis is back"),
        within=5.0,
        after=f"Redis was away for {away:g} s",
    )
    time.sleep(1.0)  # the enqueues of a second more
    feeder.stop()
    world.check(feeder.slowest_s < 2.0, f"enqueueing without Redis is quick (slowest {feeder.slowest_s:.2f} s)")
    lines = (world.place / "workers.log").read_text().count("Redis does not answer")
    world.check(lines < 100, f"the log is not flooded ({lines} lines)")
