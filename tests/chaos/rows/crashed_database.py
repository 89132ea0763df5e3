"""Row 9: PostgreSQL is killed, stays away, or ends all its connections, while jobs run and are enqueued."""

from __future__ import annotations

import time

from tests.chaos.actors import Effect
from tests.chaos.feeder import Feeder
from tests.chaos.recovery import effect_after
from tests.chaos.world import World

BACK_TO_WORK_S = 5.0


def run(world: World) -> None:
    """End connections, then crash the server for a moment, then for long."""
    world.start_warm()
    feeder = Feeder(world)
    feeder.start()
    for _ in range(2 if world.short else 6):
        world.pause(0.3, 1.0)
        world.say(f"ended {world.terminate_backends()} connections")
        _works_again(world, time.time(), "all connections were ended")
    for away in (1.0, 6.0) if world.short else (0.0, 1.0, 3.0, 30.0):
        keys = world.keys(20, "effect")
        world.transactional.update(keys)
        world.enqueue([Effect(ledger=world.ledger, key=key, ms=world.random.randint(0, 60)) for key in keys])
        world.pause(0.2, 0.8)
        world.crash_database()
        if away > 2:
            time.sleep(2)  # what had begun ends
            world.rest(world.crews[0], away - 2, share=0.5, while_="the database is away")
        else:
            time.sleep(away)
        _works_again(world, world.start_database(), f"the database is back after {away:g} s")
    feeder.stop()
    log = (world.place / "workers.log").read_text()
    world.check(log.count("\n") < 4_000, f"the log is not flooded ({log.count(chr(10))} lines)")


def _works_again(world: World, back: float, after: str) -> None:
    found = world.until(lambda: effect_after(world.lines(), back), f"an effect after {after}")
    world.recovered(found, within=BACK_TO_WORK_S, after=after)
