"""Row 23: random faults of all kinds for as long as is asked, jobs all the while: nothing lost, memory bounded."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import redis

from jobs.models import Process
from tests.chaos.actors import MISDEEDS, Effect, Poison
from tests.chaos.crew import signal_if_alive
from tests.chaos.feeder import Feeder
from tests.chaos.memory import Memory
from tests.chaos.world import World

GOES_ON_S = 20.0
"""Two of these faults may come one upon the other: a host dies while the database recovers."""


def run(world: World) -> None:
    """Break something at random, see that work goes on, again."""
    world.start_warm()
    world.start()
    feeder, memory = Feeder(world), Memory()
    feeder.start()
    end = time.monotonic() + world.minutes * 60
    names = list(FAULTS)
    world.random.shuffle(names)  # each kind comes once before chance decides
    while time.monotonic() < end:
        name = names.pop() if names else world.random.choice(list(FAULTS))
        world.pause(0.2, 2.0)
        _break(world, name)
        _staff(world)
        memory.look(world.crews[-2:])
    feeder.stop()
    world.quiet_s = 180
    world.check(memory.bounded(), f"no process grows: {memory}")
    with redis.Redis.from_url(world.store.url) as client:
        used = int(client.info("memory")["used_memory"])
        world.check(used < 64 << 20, f"Redis keeps little ({used >> 10} KiB)")


def _break(world: World, name: str) -> None:
    world.say(f"fault: {name}")
    before = world.finished()
    FAULTS[name](world)
    begun = time.monotonic()
    world.until(lambda: world.finished() > before + 20, f"work goes on after: {name}", seconds=40)
    world.recovered(time.monotonic() - begun, within=GOES_ON_S, after=name)


def _staff(world: World) -> None:
    """Have two hosts at work again."""
    while sum(crew.alive() for crew in world.crews) < 2:
        world.start()
    world.crews.sort(key=lambda crew: crew.alive())  # the dead first, for the end to see to


def _worker(world: World) -> int:
    """Choose a worker process."""
    crew = world.random.choice(world.crews[-2:])
    return int(world.until(lambda: world.random.choice(crew.children() or [0]), "a worker is there"))


def _kill_worker(world: World) -> None:
    world.kill(_worker(world))


def _freeze_worker(world: World) -> None:
    signal_if_alive(_worker(world), signal.SIGSTOP)


def _kill_host(world: World) -> None:
    world.crews[-1].signal_all(signal.SIGKILL)


def _kill_supervisor(world: World) -> None:
    world.crews[-1].popen.kill()
    world.crews[-1].popen.wait()


def _freeze_host(world: World) -> None:
    crew = world.crews[-1]
    crew.signal_all(signal.SIGSTOP)
    fenced = Process.objects.exclude(fenced_at=None).count()
    world.until(lambda: Process.objects.exclude(fenced_at=None).count() > fenced, "a frozen host is fenced")
    crew.signal_all(signal.SIGCONT)


def _relieve_host(world: World) -> None:
    world.check(world.crews[-1].stop(seconds=60) == 0, "a host stops in order")


def _kill_caretakers(world: World) -> None:
    for crew in world.crews[-2:]:
        for pid in crew.children("jobs_caretaker"):
            world.kill(pid)


def _restart_redis(world: World) -> None:
    world.store.kill()
    world.pause(0.0, 3.0)
    world.store.start()


def _wipe_redis(world: World) -> None:
    with redis.Redis.from_url(world.store.url) as client:
        client.flushall()
        client.script_flush()


def _crash_database(world: World) -> None:
    world.crash_database()
    world.pause(0.0, 3.0)
    world.start_database()


def _end_connections(world: World) -> None:
    world.terminate_backends()


def _poison(world: World) -> None:
    what = world.random.choice(list(MISDEEDS))
    key = world.keys(1, f"poison-{what}")[0]
    world.dead.add(key)
    world.enqueue([Poison(ledger=world.ledger, key=key, what=what)], attempts=1)


def _thread(world: World) -> None:
    point, strike = world.random.choice(["before-record", "before-claim"]), world.random.choice(["hang", "end"])
    (world.place / "failpoints" / point).write_text(strike)


def _effects(world: World) -> None:
    keys = world.keys(20, "effect")
    world.transactional.update(keys)
    world.enqueue([Effect(ledger=world.ledger, key=key, ms=world.random.randint(0, 60)) for key in keys])
    world.kill(_worker(world))


FAULTS: dict[str, Callable[[World], None]] = {
    "a worker is killed": _kill_worker,
    "a worker is frozen": _freeze_worker,
    "a host is killed": _kill_host,
    "a supervisor is killed": _kill_supervisor,
    "a host is frozen and thawed": _freeze_host,
    "a host is relieved": _relieve_host,
    "all caretakers are killed": _kill_caretakers,
    "Redis restarts": _restart_redis,
    "Redis is wiped": _wipe_redis,
    "the database crashes": _crash_database,
    "all connections end": _end_connections,
    "a job is poison": _poison,
    "a thread hangs or ends": _thread,
    "a worker dies among effects": _effects,
}
