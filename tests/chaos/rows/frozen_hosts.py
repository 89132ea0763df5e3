"""Row 11: a host is frozen for three leases and thawed; a single worker is frozen under its living supervisor."""

from __future__ import annotations

import os
import signal
import time

from jobs.conf import jobs_settings
from tests.chaos.crew import Crew
from tests.chaos.recovery import rerun_after
from tests.chaos.world import World


def run(world: World) -> None:
    """Freeze, let the other host work on, thaw: what comes late is refused and changes nothing."""
    world.start()
    for _ in range(1 if world.short else 2):
        _freeze_host(world)
        _freeze_worker(world)


def _freeze_host(world: World) -> None:
    frozen = _busy_crew(world)
    busy = sorted(world.busy(frozen))
    lease, at = jobs_settings().lease_s, time.time()
    frozen.signal_all(signal.SIGSTOP)
    world.say(f"frozen: {frozen.popen.pid}, {busy} run jobs")
    world.until(lambda: time.time() > at + 3 * lease, "three leases pass", seconds=4 * lease)
    refused = _refusals(world)
    frozen.signal_all(signal.SIGCONT)
    lines = world.lines()
    world.recovered(rerun_after(lines, pids=busy, at=at), within=lease + 1, after="a host froze")
    world.until(lambda: world.unfinished() == 0, "all jobs end", seconds=60)
    world.until(lambda: _refusals(world) > refused, "late outcomes are refused, and the log says so", seconds=5)
    world.check(frozen.alive(), "the thawed supervisor goes on")
    world.until(frozen.children, "its fenced workers are replaced")
    frozen.stop()


def _freeze_worker(world: World) -> None:
    crew = _busy_crew(world)
    pid = min(world.busy(crew) or crew.children())
    at = time.time()
    world.say(f"worker {pid} frozen under its supervisor")
    world.kills.append((pid, at))
    _freeze(pid)
    lease = jobs_settings().lease_s
    world.until(lambda: pid not in crew.children(), "the supervisor kills a frozen worker", seconds=lease + 1)
    world.until(lambda: world.unfinished() == 0, "all jobs end", seconds=60)
    world.recovered(rerun_after(world.lines(), pids=[pid], at=at), within=lease + 1, after=f"{pid} froze")
    crew.stop()


def _freeze(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


def _refusals(world: World) -> int:
    return (world.place / "workers.log").read_text().count("Refused: job")


def _busy_crew(world: World) -> Crew:
    crew = world.start()

    def busy() -> bool:
        if world.unfinished() < 30:
            world.enqueue(world.work(40, ms=(300, 900)))
        return len(world.busy(crew)) == 2

    world.until(busy, "both workers run something")
    return crew
