"""Row 14: all of 100,000 dead letters are retried twice at once, and half of them cancelled, while workers run."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

from jobs.job_filter import JobFilter
from jobs.models import Job, Operation, OperationRow
from jobs.services import operations
from tests.chaos.feeder import Feeder
from tests.chaos.ledger import by_key
from tests.chaos.past import make_past
from tests.chaos.recovery import p95_wait
from tests.chaos.together import together
from tests.chaos.world import World

URGENT = 100
P95_S = 1.0
LOOK_S = 0.5
"""Counting 100,000 unfinished jobs is work in itself."""


def run(world: World) -> None:
    """Start the operations at once, one of them also driven from here as a command does; feed urgent work meanwhile."""
    count = 4_000 if world.short else 100_000
    world.start_warm()
    urgent = Feeder(world, every_s=0.1, name="urgent", delays=[None], priority=URGENT)
    urgent.start()
    older, newer = (world.keys(count // 2, "dead") for _ in range(2))
    make_past(world, older, state="failed", age_h=2)
    make_past(world, newer, state="failed", age_h=1)
    world.allowed |= dict.fromkeys(older, frozenset({"cancelled", "failed"}))
    world.allowed |= dict.fromkeys(newer, frozenset({"failed"}))
    begun = time.monotonic()
    _operate()
    world.until(lambda: not operations.running(), "all operations finish", seconds=150, every_s=LOOK_S)
    world.say(f"operations took {time.monotonic() - begun:.1f} s")
    urgent.stop()
    world.until(lambda: world.unfinished() == 0, "what was retried ends", seconds=240, every_s=LOOK_S)
    world.say(f"all ended after {time.monotonic() - begun:.1f} s")
    _add_up(world, count)
    _judge_starts(world)
    _judge_urgent(world)


def _operate() -> None:
    """Two operators retry all and a third cancels the older half, each from its own process' thread."""
    failed = JobFilter(queue="chaos", states=("failed",))
    middle = Job.objects.filter(state="failed").order_by("-created_at").values_list("created_at", flat=True)[0]
    older = JobFilter(queue="chaos", until=middle - timedelta(minutes=30))

    def drive() -> None:
        operations.finish(operations.start(action="retry", wanted=failed))

    def leave() -> None:
        operations.start(action="retry", wanted=failed)

    def cancel() -> None:
        operations.start(action="cancel", wanted=older)

    together(drive, leave, cancel)


def _add_up(world: World, count: int) -> None:
    """Check each operation against its own rows, and note what was brought back how often."""
    for operation in Operation.objects.order_by("pk"):
        rows = Counter(OperationRow.objects.filter(operation=operation).values_list("outcome", flat=True))
        total = count // 2 if operation.action == "cancel" else operation.total
        what = f"{operation.action}: {operation.done} done, {operation.skipped} skipped, {operation.total} in all"
        world.check(operation.done + operation.skipped == operation.total == total, f"counts add up ({what})")
        world.check((rows["done"], rows["skipped"]) == (operation.done, operation.skipped), "and so do its rows")
        jobs = OperationRow.objects.filter(operation=operation).values("job_id").distinct().count()
        world.check(jobs == operation.total, "and each job is in it once")
    moved = OperationRow.objects.filter(operation__action="retry", outcome="done").values_list("job_id", flat=True)
    names = dict(Job.objects.filter(job_id__startswith="dead-").values_list("pk", "job_id"))
    world.retried.update(names[pk] for pk in moved)
    world.check(len(world.retried) == count, f"every dead letter was brought back ({len(world.retried)} of {count})")


def _judge_starts(world: World) -> None:
    """Check that no move made two runs: a job starts at most as often as it was brought back."""
    lines = world.lines()
    starts, effects = by_key(lines, "S"), by_key(lines, "F")
    often = [key for key, times in world.retried.items() if len(starts[key]) > times]
    world.check(not often, f"no job starts more often than it was brought back ({len(often)}, {often[:3]})")
    world.check(all(len(effects[key]) <= 1 for key in world.retried), "and none has its effect twice")


def _judge_urgent(world: World) -> None:
    """Check how long urgent work waited for its start."""
    wait_s = p95_wait("urgent-")
    world.check(wait_s <= P95_S, f"urgent work starts within {P95_S:g} s (p95 {wait_s:.3f} s)")
