"""Row 13: many callers enqueue one job id at once, and some of them roll back."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.db import connections, transaction

from jobs import enqueue
from jobs.models import Job
from tests.chaos.actors import Work
from tests.chaos.ledger import note_all
from tests.chaos.world import World

CALLERS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller was told, and whether it committed."""

    id: str
    created: bool
    committed: bool


def run(world: World) -> None:
    """Let 200 threads start together, for several keys."""
    world.start()
    for key in world.keys(2 if world.short else 10, "shared"):
        _race(world, key)


def _race(world: World, key: str) -> None:
    answers: list[Answer] = []
    together = threading.Barrier(CALLERS)
    chance = [world.random.random() < 0.4 for _ in range(CALLERS - 1)] + [False]

    def call(undo: bool) -> None:
        together.wait()
        try:
            answers.append(_call(Work(ledger=world.ledger, key=key), undo=undo))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=[undo]) for undo in chance]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    note_all(world.ledger, "E", [key])
    row = Job.objects.get(job_id=key)
    committed = [answer for answer in answers if answer.committed]
    world.check(len(answers) == CALLERS, f"{key}: all callers are answered ({len(answers)})")
    world.check(sum(a.created for a in committed) == 1, f"{key}: one committed caller made the job")
    # A caller that rolled back may have seen its own row, which is gone; whoever committed saw the one that is there.
    world.check({a.id for a in committed} == {str(row.pk)}, f"{key}: all who committed were told the same job")


def _call(work: Work, *, undo: bool) -> Answer:
    with transaction.atomic():
        handle = enqueue(work)
        transaction.set_rollback(undo)
    return Answer(handle.id, handle.created, committed=not undo)
