"""Row 2: a supervisor, a whole host, a caretaker is killed; another host is there."""

from __future__ import annotations

import signal
import time

from jobs.conf import jobs_settings
from jobs.models import Job
from tests.chaos.crew import Crew, is_ours
from tests.chaos.recovery import rerun_after
from tests.chaos.world import World


def run(world: World) -> None:
    """Kill each in turn while jobs run on both hosts."""
    world.start()
    for _ in range(1 if world.short else 3):
        _kill_supervisor(world)
        _kill_host(world, leads=False)
        _kill_host(world, leads=True)
        _kill_caretaker(world)


def _kill_supervisor(world: World) -> None:
    victim = _second_crew(world)
    children = [*victim.children(), *victim.children("jobs_caretaker")]
    world.kill(victim.popen.pid)
    victim.popen.wait()
    world.until(lambda: not any(map(is_ours, children)), "the children of a killed supervisor stop")
    world.until(lambda: world.unfinished() == 0, "all jobs end after a supervisor's death", seconds=40)
    world.check(not Job.objects.filter(losses__gt=0, state="failed").exists(), "nothing failed for it")


def _kill_host(world: World, *, leads: bool) -> None:
    """Kill a host; `leads`: the older one, whose caretaker has been the leader."""
    victim = _second_crew(world)
    if leads:
        older = world.crews[0]
        world.crews[0], victim = victim, older
        world.until(lambda: len(world.busy(victim)) == 2, "both workers of the older host run something")
    busy = sorted(world.busy(victim))
    at = time.time()
    world.say(f"host killed; {busy} ran jobs")
    victim.signal_all(signal.SIGKILL)
    world.until(lambda: world.unfinished() == 0, "all jobs end after a host's death", seconds=60)
    lease = jobs_settings().lease_s
    again = rerun_after(world.lines(), pids=busy, at=at)
    world.recovered(again, within=lease + 1, after="a host's death")


def _kill_caretaker(world: World) -> None:
    crew = world.crews[0]
    world.enqueue(world.work(60))
    for pid in crew.children("jobs_caretaker"):
        world.kill(pid)
    world.until(lambda: crew.children("jobs_caretaker"), "another caretaker starts")
    world.until(lambda: world.unfinished() == 0, "all jobs end after a caretaker's death")


def _second_crew(world: World) -> Crew:
    """Start another host, and return it once both of its workers run something."""
    crew = world.start()

    def busy() -> bool:
        if world.unfinished() < 30:
            world.enqueue(world.work(40, ms=(20, 400)))
        return len(world.busy(crew)) == 2

    world.until(busy, "both workers of the second host run something")
    world.enqueue(world.work(40, ms=(20, 400)))
    return crew
