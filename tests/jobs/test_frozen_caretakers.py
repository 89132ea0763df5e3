"""A caretaker whose host freezes in the middle of a duty does not hold up the one that leads after it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, connection, connections, transaction
from django.db.models.functions import Now

from jobs.caretaker.operations import TakeSteps
from jobs.job_filter import JobFilter
from jobs.models import Job, Operation, Schedule
from jobs.services import fire
from jobs.services.operations import start
from jobs.states import State
from tests.jobs.rows import a_job
from tests.probe.actors import Note

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer, on one host"),
]


def test_a_step_of_a_frozen_caretaker_does_not_hold_up_other_operations(redis: Any) -> None:
    frozen, other = ([str(a_job(State.FAILED).pk) for _ in range(2)] for _ in range(2))
    held = start(action="retry", wanted=JobFilter(ids=tuple(frozen)))
    start(action="retry", wanted=JobFilter(ids=tuple(other)))

    with _frozen_with(held):
        TakeSteps()(connection)
        waiting = {str(pk) for pk in Job.objects.filter(state=State.WAITING).values_list("pk", flat=True)}

    assert waiting == set(other)


def test_a_schedule_fires_elsewhere_if_a_caretaker_freezes_in_the_middle_of_a_due_time(
    redis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = Schedule.objects.create(
        name="tick",
        actor=Note.actor().actor_name,
        payload={"ledger": "", "key": "{dueAt}"},
        every=timedelta(hours=1),
        next_at=Now() - timedelta(seconds=1),
    )
    monkeypatch.setattr(fire, "FROZEN_S", 0.3)
    reached, thawed = threading.Event(), threading.Event()
    refused: list[Error] = []
    keep = fire._keep

    def freeze(*args: Any) -> None:
        monkeypatch.setattr(fire, "_keep", keep)
        reached.set()
        thawed.wait(20)
        keep(*args)

    def be_frozen() -> None:
        try:
            fire.fire_due()
        except Error as error:
            refused.append(error)
        finally:
            connections.close_all()

    monkeypatch.setattr(fire, "_keep", freeze)
    thread = threading.Thread(target=be_frozen)
    thread.start()
    reached.wait(20)
    while not fire.fire_due():  # until the database has ended the frozen one's transaction
        pass
    thawed.set()
    thread.join(20)

    assert len(refused) == 1
    assert Job.objects.count() == schedule.runs.count() == 1


@contextmanager
def _frozen_with(operation: Operation) -> Iterator[None]:
    """Let another process stand still in the middle of a step."""
    locked, thawed = threading.Event(), threading.Event()

    def stand_still() -> None:
        with transaction.atomic():
            Operation.objects.select_for_update().get(pk=operation.pk)
            locked.set()
            thawed.wait(20)
        connections.close_all()

    thread = threading.Thread(target=stand_still)
    thread.start()
    locked.wait(20)
    try:
        yield
    finally:
        thawed.set()
        thread.join(20)
