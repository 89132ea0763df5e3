"""Row 3: a crew is told to stop within the grace, past it, twice, and at once."""

from __future__ import annotations

import signal
import time

from jobs.models import Job
from tests.chaos.crew import Crew
from tests.chaos.world import World


def run(world: World) -> None:
    """Stop crews in every way; what is left waits in order, no attempt of it charged; the last crew does it all."""
    world.quiet_s = 120
    for _ in range(1 if world.short else 2):
        _stop(world, _busy_crew(world, grace_ms=20_000, ms=(50, 600)), "within the grace", kept=True)
        _stop(world, _busy_crew(world, grace_ms=200, ms=(1_500, 2_500)), "past the grace")
        crew = _busy_crew(world, grace_ms=60_000, ms=(7_000, 8_000))
        crew.popen.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        _stop(world, crew, "told twice", at_most_s=6)
        _stop(world, _busy_crew(world, grace_ms=60_000, ms=(2_000, 3_000)), "SIGQUIT", number=signal.SIGQUIT)
    world.start()


def _busy_crew(world: World, *, grace_ms: int, ms: tuple[int, int]) -> Crew:
    crew = world.start("--processes", "2", "--worker-shutdown-timeout", str(grace_ms))
    world.enqueue(world.work(16, ms=ms))
    world.until(lambda: len(world.busy(crew)) == 2, "both workers run something")
    return crew


def _stop(
    world: World,
    crew: Crew,
    how: str,
    *,
    number: int = signal.SIGTERM,
    kept: bool = False,
    at_most_s: float = 60.0,
) -> None:
    begun = time.monotonic()
    code = crew.stop(number, seconds=90)
    took = time.monotonic() - begun
    world.say(f"{how}: {took:.2f} s, {world.unfinished()} left")
    world.check(code == 0, f"{how}: exit code {code}")
    world.check(took <= at_most_s, f"{how}: stopped in {took:.1f} s")
    left = Job.objects.filter(finished_at=None)
    world.check(not left.filter(state="active").exists(), f"{how}: no row is left active")
    world.check(not left.exclude(attempts=0).exists(), f"{how}: no attempt of what is left is charged")
    world.check(not Job.objects.filter(losses__gt=0).exists(), f"{how}: no loss is counted")
    if kept:
        world.check(not left.filter(started_at__isnull=False).exists(), f"{how}: what had started has ended")
    world.check(world.entries() == (left.count(), 0, 0), f"{how}: Redis holds what is left, {world.entries()}")
