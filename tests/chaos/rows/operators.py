"""Row 15: what an operator wants races with what workers and retention do: one wins, the other is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.db import connections

from jobs import get_queue
from jobs.errors import StaleJob
from jobs.handle import JobHandle
from jobs.models import AuditLog, Job
from jobs.services.operate import retry
from jobs.services.prune import prune
from jobs.states import State
from tests.chaos.actors import Work
from tests.chaos.together import together
from tests.chaos.world import World

CANCELLABLE = frozenset({"cancelled"})
GONE = frozenset({"gone"})
EDITED_MS = 7


def run(world: World) -> None:
    """Race, on many jobs each: retry and retention, cancel and finish, promote, edit and pause against take."""
    world.start_warm()
    count = 40 if world.short else 200
    _retry_and_retention(world, count)
    _cancel_and_finish(world, count)
    _promote_and_take(world, count)
    _edit_and_take(world, count)
    _pause_and_take(world, 2 if world.short else 6)


def _cancel_and_finish(world: World, count: int) -> None:
    keys = _enqueue(world, count, ms=(20, 160))
    world.allowed |= dict.fromkeys(keys, CANCELLABLE)
    told = _at_once(world, keys, lambda handle: handle.cancel(by="chaos", reason="a race"))
    world.until(lambda: world.unfinished() == 0, "all jobs end after cancels")
    states = dict(Job.objects.filter(job_id__in=keys).values_list("job_id", "state"))
    refused = [key for key, answer in told.items() if isinstance(answer, StaleJob)]
    world.check(all(states[key] == "completed" for key in refused), "whose cancel came too late has completed")
    world.check(all(told[key].expected for key in refused), "and its caller is told why")
    cancelled = [key for key, state in states.items() if state == "cancelled"]
    world.check(not set(cancelled) & set(refused), "a cancelled job's caller was told that it moved")
    _audited(world, "CANCEL", keys, [key for key in keys if key not in refused])
    world.say(f"cancel: {len(cancelled)} cancelled, {len(refused)} too late, of {count}")


def _promote_and_take(world: World, count: int) -> None:
    keys = _enqueue(world, count, delay=1_000)
    world.pause(0.6, 0.8)  # so that some are due before their promote
    told = _at_once(world, keys, lambda handle: handle.promote())
    world.until(lambda: world.unfinished() == 0, "all jobs end after promotes")
    refused = [key for key, answer in told.items() if isinstance(answer, StaleJob)]
    _audited(world, "PROMOTE", keys, [key for key in keys if key not in refused])
    world.say(f"promote: {len(refused)} too late of {count}")


def _edit_and_take(world: World, count: int) -> None:
    """Shorten jobs while they are taken: whoever was told that it worked sees the new length run, nobody else does."""
    keys = _enqueue(world, count, ms=(20, 160))

    def shorten(handle: JobHandle) -> None:
        handle.edit(Work(ledger=world.ledger, key=handle.job_id, ms=EDITED_MS), by="chaos", reason="a race")

    told = _at_once(world, keys, shorten)
    world.until(lambda: world.unfinished() == 0, "all jobs end after edits")
    ran = dict(Job.objects.filter(job_id__in=keys).values_list("job_id", "result__ms"))
    refused = [key for key, answer in told.items() if isinstance(answer, StaleJob)]
    edited = [key for key in keys if ran[key] == EDITED_MS]
    world.check(sorted(edited) == sorted(set(keys) - set(refused)), "what was edited ran as edited, the rest as it was")
    _audited(world, "EDIT", keys, edited)
    world.say(f"edit: {len(edited)} edited, {len(refused)} too late, of {count}")


def _retry_and_retention(world: World, count: int) -> None:
    """Retry and delete the same finished jobs in steps, at the same time and in another order."""
    keys = _enqueue(world, count)
    world.until(lambda: world.unfinished() == 0, "all jobs end before their retry")
    ids = dict(Job.objects.filter(job_id__in=keys).values_list("pk", "job_id"))
    order = list(ids)
    world.random.shuffle(order)
    get_queue("chaos").pause()  # what is brought back does not end and get deleted while both go on
    moved: list[str] = []

    def bring_back() -> None:
        for start in range(0, len(order), 5):
            moved.extend(retry(order[start : start + 5], reason="a race"))

    deleted = 0

    def delete() -> None:
        nonlocal deleted
        while done := prune(queue="chaos", states=[State.COMPLETED], older_than=timedelta(0), limit=7):
            deleted += done

    before = Job.objects.count()
    world.allowed |= dict.fromkeys(Job.objects.values_list("job_id", flat=True), GONE)
    together(bring_back, delete)
    world.retried.update(ids[pk] for pk in ids if str(pk) in moved)
    kept = {str(pk) for pk in Job.objects.filter(job_id__in=keys).values_list("pk", flat=True)}
    world.check(kept == set(moved), f"a job is brought back or deleted, never both ({len(moved)} of {count} are back)")
    world.check(deleted + len(moved) == before, f"counts add up ({deleted} deleted)")
    _audited(world, "RETRY", keys, [ids[pk] for pk in ids if str(pk) in moved])
    get_queue("chaos").resume()
    world.until(lambda: world.unfinished() == 0, "what was brought back ends")


def _pause_and_take(world: World, rounds: int) -> None:
    """Pause while workers take: what has begun ends, nothing new begins until the queue is resumed."""
    for _ in range(rounds):
        world.enqueue(world.work(200, ms=(5, 60)))
        world.pause(0.05, 0.3)
        get_queue("chaos").pause()
        world.until(lambda: world.entries()[2] == 0, "what had begun ends")
        paused = time.time()
        left = world.unfinished()
        world.pause(0.5, 0.8)
        begun = [line for line in world.lines() if line.event == "S" and line.at > paused]
        world.check(not begun and world.unfinished() == left, f"nothing starts while paused ({left} wait)")
        get_queue("chaos").resume()
        world.until(lambda: world.unfinished() == 0, "all jobs end after a pause")


def _enqueue(world: World, count: int, *, ms: tuple[int, int] = (0, 5), **options: Any) -> list[str]:
    payloads = world.work(count, ms=ms)
    world.enqueue(payloads, **options)
    return [payload.key for payload in payloads]


def _at_once(world: World, keys: Sequence[str], verb: Callable[[JobHandle], Any]) -> dict[str, Any]:
    """Do a verb to each job on several threads, in seeded order; return what each caller was told."""
    order = list(keys)
    world.random.shuffle(order)

    def ask(key: str) -> Any:
        handle = get_queue("chaos").get_job(key)
        try:
            return verb(handle) if handle else None
        except StaleJob as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        told = dict(zip(order, pool.map(ask, order), strict=True))
        for closing in [pool.submit(connections.close_all) for _ in range(4)]:
            closing.result()
    return told


def _audited(world: World, action: str, keys: Sequence[str], moved: Sequence[str]) -> None:
    """Check that exactly the moves stand in the audit log, each once."""
    ids = {str(pk): key for pk, key in Job.objects.filter(job_id__in=keys).values_list("pk", "job_id")}
    written = AuditLog.objects.filter(action=action, entity_id__in=ids).values_list("entity_id", flat=True)
    found = sorted(ids[entity] for entity in written)
    world.check(found == sorted(moved), f"every {action.lower()} that moved a job is audited once ({len(found)})")
