"""Row flows: graphs of jobs run while workers and caretakers are killed and Redis is emptied (rows 1, 6 and 18)."""

from __future__ import annotations

from collections.abc import Callable

import redis

from jobs import JobHandle, flow
from jobs.composing import Node
from jobs.models import Edge, Job
from tests.chaos.actors import Work
from tests.chaos.ledger import by_key, note_all
from tests.chaos.world import World

NODES = 12
POINTS = ("before-record", "after-record", "after-claim", "after-effect")
"""Deaths around the moment at which a child's end frees its parents."""


def run(world: World) -> None:
    """Break something in every round, while graphs run whose jobs fail and doom others."""
    world.start_warm()
    faults: list[Callable[[World], None]] = [_kill_worker, _wipe, _kill_caretaker, _kill_at_point]
    for number in range(4 if world.short else 16):
        if number and number % 4 == 0:
            old = world.crews[-1]
            world.start()
            world.check(old.stop() == 0, "a crew that has lost workers still stops in order")
        for _ in range(8):
            _enqueue_graph(world)
        world.pause(0.1, 0.5)
        faults[number % len(faults)](world)
        world.until(lambda: world.unfinished() == 0, f"all flows of round {number} end", seconds=45)
    world.check(not Edge.objects.filter(ended="").exists(), "no edge is left open")
    _check_order(world)


def _enqueue_graph(world: World) -> None:
    """Enqueue a graph of random shape; some of its jobs fail for good, and doom those whose edges say so."""
    keys = world.keys(NODES, "node")
    plan, doomed = flow(key=keys[0]), set[str]()
    nodes: dict[str, Node | JobHandle] = {}
    for number, key in enumerate(keys):
        children = world.random.sample(keys[:number], min(number, world.random.randint(0, 3)))
        policies = {child: world.random.choice(("fail", "ignore")) for child in children}
        fails = world.random.random() < 0.1
        if fails or any(child in doomed and policy == "fail" for child, policy in policies.items()):
            doomed.add(key)
        failures = 99 if fails else int(number % 5 == 4)
        payload = Work(ledger=world.ledger, key=key, ms=world.random.randint(0, 60), failures=failures)
        after = {nodes[child]: policy for child, policy in policies.items()}
        nodes[key] = plan.add(payload, after=after, attempts=2 if fails else 10)
    note_all(world.ledger, "A", keys)
    plan.enqueue()
    note_all(world.ledger, "E", keys)
    world.dead |= doomed


def _kill_worker(world: World) -> None:
    workers = world.until(lambda: world.busy(world.crews[-1]), "a worker runs something", seconds=10)
    if workers:
        world.kill(world.random.choice(sorted(workers)))


def _wipe(world: World) -> None:
    with redis.Redis.from_url(world.store.url) as client:
        client.flushall()
    world.say(f"wiped, {world.unfinished()} unfinished")


def _kill_caretaker(world: World) -> None:
    for pid in world.crews[-1].children("jobs_caretaker"):
        world.kill(pid)
    _wipe(world)


def _kill_at_point(world: World) -> None:
    token = world.place / "failpoints" / world.random.choice(POINTS)
    token.touch()
    world.until(lambda: not token.exists(), f"a worker passes {token.name}", seconds=20)


def _check_order(world: World) -> None:
    """Check that nobody started before all that it waits for had ended, as the ledger saw it."""
    lines = world.lines()
    starts, effects = by_key(lines, "S"), by_key(lines, "F")
    names = dict(Job.objects.values_list("pk", "job_id"))
    early = [
        f"{names[parent]} before {names[child]}"
        for parent, child, ended in Edge.objects.values_list("parent", "child", "ended")
        if ended == "completed" and starts.get(names[parent])
        if min(line.at for line in starts[names[parent]]) < min(line.at for line in effects[names[child]])
    ]
    world.check(not early, f"nobody starts too early {early[:3]}")
    world.say(f"{Edge.objects.count()} edges in order")
