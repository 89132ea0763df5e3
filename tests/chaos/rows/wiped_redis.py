"""Row 6: Redis is emptied, forgets its scripts, is full, or takes no writes, while jobs run."""

from __future__ import annotations

import time
from typing import Any

import redis

from jobs.models import Alert, AlertRule
from tests.chaos.recovery import effect_after
from tests.chaos.world import World

WAYS: dict[str, tuple[list[Any], list[Any]]] = {
    "is full": (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
    "is read-only": (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]),
}
"""How Redis is made to answer OOM or READONLY, and how it comes back."""


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
    for way in WAYS:
        _refuse_writes(world, way)
    world.enqueue(world.work(2_000 if world.short else 10_000, ms=(0, 0)))
    with redis.Redis.from_url(world.store.url) as client:
        client.flushall()
    begun = time.time()
    left = world.unfinished()
    world.until(lambda: sum(world.entries()) >= world.unfinished() - 50, "all live jobs are in Redis again", seconds=20)
    world.recovered(time.time() - begun, within=10.0, after=f"a wipe with {left} live jobs")
    world.quiet_s = 120


def _refuse_writes(world: World, way: str) -> None:
    """Let Redis answer, but take nothing: enqueueing commits, what runs ends, and all goes on when it takes again."""
    refuse, accept = WAYS[way]
    if way == "is full":
        AlertRule.objects.create(name="full", condition="redis_memory", threshold=0.9, clear_at=0.8)
    world.enqueue(world.work(60, ms=(50, 300)))
    world.pause(0.2, 0.5)
    with redis.Redis.from_url(world.store.url) as client:
        client.execute_command(*refuse)
        world.say(f"Redis {way}")
        begun = time.monotonic()
        world.enqueue(world.work(20))
        world.enqueue(world.work(10), delay=500)
        world.check(time.monotonic() - begun < 2.0, f"enqueueing is quick while Redis {way}")
        time.sleep(2)  # what runs ends
        world.rest(world.crews[0], 2 if world.short else 4, share=0.5, while_=f"Redis {way}")
        if way == "is full" and not world.short:
            world.until(Alert.objects.exclude(opened_at=None).exists, "an alert opens", seconds=25)
        client.execute_command(*accept)
    at = time.time()
    found = world.until(lambda: effect_after(world.lines(), at), f"an effect after Redis {way}")
    world.recovered(found, within=5.0, after=f"Redis {way}")
    world.until(lambda: world.unfinished() == 0, f"all jobs end after Redis {way}")
