"""Row 6: Redis is emptied, and forgets its scripts, while jobs run."""

from __future__ import annotations

import time

import redis

from tests.chaos.recovery import effect_after
from tests.chaos.world import World


def run(world: World) -> None:
    """Wipe several times, enqueueing before, at and after each wipe."""
    world.start_warm()
    for round_ in range(2 if world.short else 5):
        world.enqueue(world.work(150, ms=(0, 60)))
        world.enqueue(world.work(10), delay=world.random.randint(100, 3_000))
        world.pause(0.2, 0.8)
        with redis.Redis.from_url(world.store.url) as client:
            client.flushall()
            client.script_flush()
        at = time.time()
        world.say(f"wiped, {world.unfinished()} unfinished")
        world.enqueue(world.work(20))
        with redis.Redis.from_url(world.store.url) as client:
            client.script_flush()
        world.until(lambda: world.unfinished() == 0, f"round {round_} ends", seconds=30)
        lines = world.lines()
        world.recovered(effect_after(lines, at), within=5.0, after="a wipe")
    world.enqueue(world.work(2_000 if world.short else 10_000, ms=(0, 0)))
    with redis.Redis.from_url(world.store.url) as client:
        client.flushall()
    begun = time.time()
    left = world.unfinished()
    world.until(lambda: sum(world.entries()) >= world.unfinished() - 50, "all live jobs are in Redis again", seconds=20)
    world.recovered(time.time() - begun, within=10.0, after=f"a wipe with {left} live jobs")
    world.quiet_s = 120
