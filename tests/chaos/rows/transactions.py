"""Row 17: enqueues that roll back, nest, wait long for their commit, or happen inside a job."""

from __future__ import annotations

import time

from django.db import transaction

from jobs import enqueue, enqueue_many
from jobs.models import Job
from tests.chaos.actors import Work
from tests.chaos.ledger import by_key, note_all
from tests.chaos.world import World


def run(world: World) -> None:
    """Do each many times in seeded order, while workers run."""
    world.start()
    kinds = [_rolled_back, _savepoint_rolled_back, _nested, _parents]
    for _ in range(20 if world.short else 100):
        world.random.choice(kinds)(world)
    _long(world, 3.0 if world.short else 30.0)


def _rolled_back(world: World) -> None:
    with transaction.atomic():
        enqueue_many(world.work(3))
        transaction.set_rollback(True)


def _savepoint_rolled_back(world: World) -> None:
    kept, undone = world.work(2), world.work(2)
    with transaction.atomic():
        enqueue_many(kept[:1])
        with transaction.atomic():
            enqueue_many(undone)
            transaction.set_rollback(True)
        enqueue_many(kept[1:])
    note_all(world.ledger, "E", [work.key for work in kept])


def _nested(world: World) -> None:
    kept = world.work(4)
    with transaction.atomic():
        enqueue(kept[0])
        with transaction.atomic():
            enqueue(kept[1], priority=5)
            with transaction.atomic():
                enqueue(kept[2], delay=100)
        enqueue(kept[3])
    note_all(world.ledger, "E", [work.key for work in kept])


def _parents(world: World) -> None:
    """Enqueue jobs that enqueue; the child writes its own E."""
    works = [
        Work(ledger=world.ledger, key=key, child=f"{key}-child", ms=world.random.randint(0, 20))
        for key in world.keys(2, "parent")
    ]
    world.enqueue(works)


def _long(world: World, seconds: float) -> None:
    """Leave a transaction open: nothing of it may start, or be there, before it commits."""
    works = world.work(10)
    with transaction.atomic():
        enqueue_many(works)
        time.sleep(seconds)
        early = [key for key in by_key(world.lines(), "S") if key in {work.key for work in works}]
        world.check(not early, f"nothing starts before its commit ({early})")
    note_all(world.ledger, "E", [work.key for work in works])
    world.until(lambda: world.unfinished() == 0, "all jobs end", seconds=30)
    waits = [line.at for line in world.lines() if line.event == "S" and line.key in {work.key for work in works}]
    world.check(len(waits) == len(works) and Job.objects.filter(job_id=works[0].key).exists(), "all start after it")
