"""Row 19: workers and a host are killed while they hold the slots of a global concurrency and of a rate limit."""

from __future__ import annotations

import signal
import time

from jobs import get_queue
from jobs.conf import jobs_settings
from jobs.models import Process
from tests.chaos.crew import Crew
from tests.chaos.limits import most_at_once, most_starts
from tests.chaos.world import World

AT_ONCE, STARTS, WINDOW_S = 3, 20, 2.0
JITTER_S = 0.3
"""A start is counted when Redis gives the job out, and seen in the ledger when its body begins, which is later."""


def run(world: World) -> None:
    """Limit first how many run at once, then how many start in a window; kill holders of slots under both."""
    deaths: dict[int, float] = {}
    survivors = _limit_running(world, deaths)
    _limit_starts(world, survivors, deaths)


def _limit_running(world: World, deaths: dict[int, float]) -> Crew:
    get_queue("chaos").set_global_concurrency(AT_ONCE)
    doomed = world.start()
    for _ in range(1 if world.short else 3):
        _kill_a_busy_one(world, [doomed], deaths)
    survivors = world.start()
    _let_it_watch(world, survivors)
    world.until(lambda: _feed(world) and world.busy(doomed), "the doomed host holds slots")
    pids = doomed.children()
    doomed.signal_all(signal.SIGKILL)
    at = time.time()
    deaths |= dict.fromkeys(pids, at)
    world.say(f"host killed, its workers were {pids}")
    world.until(lambda: _feed(world) and _running(world, deaths) == AT_ONCE, "all slots are used again")
    within = jobs_settings().lease_s + 1
    world.recovered(time.time() - at, within=within, after=f"a host died that held some of {AT_ONCE} slots")
    world.until(lambda: world.unfinished() == 0, "all jobs end under a global concurrency", seconds=60)
    most = most_at_once(world.lines(), deaths)
    world.check(most == AT_ONCE, f"{AT_ONCE} jobs run at once and never more (most {most})")
    get_queue("chaos").set_global_concurrency(None)
    return survivors


def _let_it_watch(world: World, crew: Crew) -> None:
    """Wait until the crew's caretaker may reclaim: it has then seen the database for a whole lease itself."""
    world.until(lambda: _feed(world) and len(crew.children()) == 2, "the second host is up")
    known = Process.objects.filter(fenced_at=None, pid__in=crew.children())
    world.until(lambda: _feed(world) and known.count() == 2, "its workers register", seconds=20)
    ready = time.time() + jobs_settings().lease_s + 2
    world.until(lambda: _feed(world) and time.time() > ready, "its caretaker has watched for a lease")


def _limit_starts(world: World, crew: Crew, deaths: dict[int, float]) -> None:
    get_queue("chaos").set_rate_limit(STARTS, int(WINDOW_S * 1000))
    before = len(world.lines())
    other = world.start()
    world.enqueue(world.work(STARTS * (3 if world.short else 6), ms=(20, 200)))
    for _ in range(2 if world.short else 4):
        world.pause(0.3, WINDOW_S)
        _kill_a_busy_one(world, [crew, other], deaths)
    world.until(lambda: world.unfinished() == 0, "all jobs end under a rate limit", seconds=90)
    most = most_starts(world.lines()[before:], WINDOW_S - JITTER_S)
    world.check(STARTS / 2 <= most <= STARTS, f"{STARTS} jobs start in a window and never more (most {most})")
    get_queue("chaos").clear_rate_limit()


def _kill_a_busy_one(world: World, crews: list[Crew], deaths: dict[int, float]) -> None:
    busy = world.until(lambda: _feed(world) and sorted(pid for crew in crews for pid in world.busy(crew)), "one works")
    if busy and world.kill(pid := world.random.choice(busy)):
        deaths[pid] = time.time()


def _feed(world: World) -> bool:
    if world.unfinished() < 20:
        world.enqueue(world.work(30, ms=(50, 250)))
    return True


def _running(world: World, deaths: dict[int, float]) -> int:
    """Return how many bodies run that no dead process has begun."""
    lines = world.lines()
    ended = {(line.key, line.pid) for line in lines if line.event == "F"}
    begun = [line for line in lines if line.event == "S" and line.pid not in deaths]
    return sum((line.key, line.pid) not in ended for line in begun)
