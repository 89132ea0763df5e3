"""Row 20: a million old jobs are deleted while some of them are retried, and while old jobs still wait and run."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db.models.functions import Now

from jobs.models import Attempt, Job
from jobs.services.operate import retry
from jobs.services.prune import prune
from tests.chaos.feeder import Feeder
from tests.chaos.locks import Locks
from tests.chaos.past import make_past
from tests.chaos.recovery import p95_wait
from tests.chaos.together import together
from tests.chaos.world import World

MONTHS_H, KEPT = 2_000.0, timedelta(days=31)
PARTS, TOGETHER = 100, 5
"""The old jobs come in so many parts, each begins with those that are wanted again; so many of them a retry."""
STEP = 1_000
LONGEST_S, WAIT_S, P95_S = 3.0, 0.5, 1.0


def run(world: World) -> None:
    """Delete from here, as the caretaker does too; retry what is being deleted; feed new work; watch the locks."""
    count = 20_000 if world.short else 1_000_000
    world.start_warm()
    wanted = world.keys(400 if world.short else 2_000, "wanted")
    _make_months(world, wanted, count)
    alive = _grow_old(world)
    feeder = Feeder(world, every_s=0.1, name="fed", delays=[None])
    feeder.start()
    with Locks() as locks:
        moved = _delete_and_retry(world, wanted, count)
    feeder.stop()
    world.until(lambda: world.unfinished() == 0, "all jobs end after so many are deleted", seconds=60)
    world.check(locks.longest_s <= LONGEST_S, f"no transaction is long (the longest {locks.longest_s:.2f} s)")
    world.check(locks.wait_s <= WAIT_S, f"nobody waits long for a lock (the longest {locks.wait_s:.2f} s)")
    wait_s = p95_wait("fed-")
    world.check(wait_s <= P95_S, f"new work starts within {P95_S:g} s (p95 {wait_s:.3f} s)")
    kept = set(Job.objects.filter(job_id__in=[*wanted, *alive]).values_list("job_id", flat=True))
    world.check(kept == {*moved, *alive}, f"what was retried or had not ended is kept ({len(kept)})")
    orphans = Attempt.objects.exclude(job_id__in=Job.objects.values("pk")).count()
    world.check(orphans == 0, f"attempts go with their jobs ({orphans} are left)")


def _make_months(world: World, wanted: list[str], count: int) -> None:
    """Insert the old jobs, a tenth of them dead letters, those that somebody will want again among them."""
    part, share = count // PARTS, len(wanted) // PARTS
    for number in range(PARTS):
        make_past(world, wanted[number * share : (number + 1) * share], state="completed", age_h=MONTHS_H)
        keys = [f"old-{number}-{n}" for n in range(part)]
        make_past(world, keys[: part // 10], state="failed", age_h=MONTHS_H, known=False)
        make_past(world, keys[part // 10 :], state="completed", age_h=MONTHS_H, known=False)
    world.allowed |= dict.fromkeys(wanted, frozenset({"gone"}))


def _grow_old(world: World) -> list[str]:
    """Enqueue jobs that run long, and delayed ones, and let them be as old as those that have ended."""
    running, delayed = world.work(4, ms=(5_000, 8_000)), world.work(40)
    world.enqueue(running)
    world.enqueue(delayed, delay=6_000)
    keys = [payload.key for payload in (*running, *delayed)]
    then = Now() - timedelta(hours=MONTHS_H)
    Job.objects.filter(job_id__in=keys).update(created_at=then, asked_at=then)
    return keys


def _delete_and_retry(world: World, wanted: list[str], count: int) -> set[str]:
    """Delete all that is old in one thread, bring back in another what is just about to be deleted; return that."""
    ids = {str(pk): key for pk, key in Job.objects.filter(job_id__in=wanted).values_list("pk", "job_id")}
    place = {key: number for number, key in enumerate(wanted)}
    order = sorted(ids, key=lambda pk: place[ids[pk]] + world.random.uniform(-TOGETHER, TOGETHER))
    moved: list[str] = []
    begun = time.monotonic()
    deleted = 0

    def delete() -> None:
        nonlocal deleted
        while done := prune(queue="chaos", older_than=KEPT, limit=STEP):
            deleted += done
        deleted = count + len(wanted)  # the caretaker has had its share

    def bring_back() -> None:
        for start in range(0, len(order), TOGETHER):
            while deleted < (count - STEP) * start // len(order):
                time.sleep(0.001)  # until the deletion is just before these
            moved.extend(retry(order[start : start + TOGETHER], reason="wanted again"))

    together(delete, bring_back)
    old = Job.objects.filter(finished_at__lt=Now() - KEPT)
    world.until(lambda: not old.exists(), "nothing old is left", seconds=60)
    took_s = time.monotonic() - begun
    world.say(f"{count} deleted in {took_s:.1f} s; {len(moved)} brought back, {len(ids) - len(moved)} came too late")
    found = {ids[pk] for pk in moved}
    world.check(len(moved) == len(found), "each was brought back once")
    world.check(0 < len(found) < len(ids), f"some were faster than their deletion, some not ({len(found)})")
    world.retried.update(found)
    world.allowed |= dict.fromkeys(found, frozenset())
    return found
