"""Row 12: the clocks of two hosts are ten minutes ahead and ten minutes behind; each leads, each is killed."""

from __future__ import annotations

import signal
import time
from itertools import pairwise

from jobs.conf import jobs_settings
from jobs.models import Job, Process
from tests.chaos.actors import Work
from tests.chaos.clock import VARIABLE
from tests.chaos.crew import Crew
from tests.chaos.ledger import by_key
from tests.chaos.recovery import rerun_after
from tests.chaos.world import World

WRONG_S = 600
LATE_S = 5.0
"""A delayed job may wait for others, on a busy machine too; a clock that mattered would show as minutes."""
RETRY_S = 0.3


def run(world: World) -> None:
    """Have all that waits for a time wait beside wrong clocks; then kill the leading host, and the next one."""
    hosts = [_start(world, WRONG_S), _start(world, -WRONG_S)]
    killed: set[int] = set()
    for number in range(2 if world.short else 4):
        _work_in_time(world, 30 if world.short else 90)
        killed |= _kill(world, hosts.pop(0))  # the older one, whose caretaker leads
        hosts.append(_start(world, -WRONG_S if number % 2 else WRONG_S))
    fenced = set(Process.objects.exclude(fenced_at=None).values_list("pid", flat=True))
    world.check(fenced == killed, f"the dead are fenced and nobody else ({len(fenced)} of {len(killed)})")
    world.check(Job.objects.filter(state="cancelled").count() == 0, "nothing expires early")


def _start(world: World, seconds: int) -> Crew:
    """Start a host whose clock is wrong, and wait until it works: a fault must not hit its start."""
    crew = world.start(**{VARIABLE: str(seconds)})
    world.until(lambda: _feed(world) and len(world.busy(crew)) == 2, "both workers of a host run something")
    return crew


def _feed(world: World) -> bool:
    if world.unfinished() < 30:
        world.enqueue(world.work(40, ms=(50, 300)), expires=60_000)
    return True


def _work_in_time(world: World, count: int) -> None:
    """Enqueue what is delayed, from here and from inside jobs, what is retried, and what outlasts a lease."""
    before = set(by_key(world.lines(), "A"))
    delays: dict[str, int] = {}
    for delay in (500, 1_500, 3_000):
        delayed = world.work(count // 3)
        delays |= {payload.key: delay for payload in delayed}
        world.enqueue(delayed, delay=delay)
    for _ in range(count // 3):
        key, child = world.keys(2)
        delays[child] = 1_000
        world.enqueue([Work(ledger=world.ledger, key=key, child=child, child_delay=1_000)])
    failing = world.work(count // 3, failures=1)
    world.enqueue(failing)
    long_ms = int(jobs_settings().lease_s * 1_200)
    world.enqueue(world.work(2, ms=(long_ms, long_ms)), priority=10)
    world.until(lambda: world.unfinished() == 0, "all jobs end beside wrong clocks", seconds=60)
    lines = [line for line in world.lines() if line.key not in before]
    asked, starts = by_key(lines, "A"), by_key(lines, "S")
    waits = [starts[key][0].at - asked[key][0].at - delay / 1_000 for key, delay in delays.items() if starts[key]]
    world.check(len(waits) == len(delays), "every delayed job starts")
    world.check(min(waits) >= 0, f"no delayed job starts early ({min(waits) * 1_000:.0f} ms the earliest)")
    world.check(max(waits) <= LATE_S, f"and none late ({max(waits):.2f} s the latest)")
    again = [b.at - a.at for payload in failing for a, b in pairwise(starts[payload.key])]
    world.check(min(again) >= RETRY_S, f"no retry starts early ({min(again):.2f} s the earliest)")


def _kill(world: World, doomed: Crew) -> set[int]:
    """Kill a host whose workers are busy; the other takes over in time; return the pids of its workers."""
    world.until(lambda: _feed(world) and len(world.busy(doomed)) == 2, "both doomed workers run something")
    world.enqueue(world.work(40, ms=(50, 300)))
    workers, busy, at = set(doomed.children()), sorted(world.busy(doomed)), time.time()
    doomed.signal_all(signal.SIGKILL)
    world.until(lambda: world.unfinished() == 0, "all jobs end after a host's death", seconds=60)
    within = jobs_settings().lease_s + 1
    world.recovered(rerun_after(world.lines(), pids=busy, at=at), within=within, after="a host with a wrong clock died")
    return workers
