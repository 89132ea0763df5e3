"""Batches: what follows all of them follows once, on success or on any end."""

from __future__ import annotations

from typing import Any

import pytest

from jobs import batch
from jobs.models import Attempt, Job
from jobs.services.operate import cancel, retry
from jobs.testing import drain
from tests.jobs.conftest import until
from tests.jobs.flows.conftest import BLOCKED, CANCELLED, COMPLETED, FAILED, a, mend, states
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_calls_back_on_success_and_on_any_end(redis: Any) -> None:
    placed = batch([a("one"), a("two")], on_success=a("success"), on_end=a("end"), name="imports")
    assert states(placed)[2:] == [BLOCKED, BLOCKED]

    drain()

    assert [job.returnvalue["from"] for job in placed.jobs[2:]] == [{"one": "completed", "two": "completed"}] * 2


def test_a_batch_that_fails_calls_back_only_on_any_end_until_it_is_mended(redis: Any) -> None:
    placed = batch([a("one"), a("bad", fails=True)], on_success=a("success"), on_end=a("end"))
    drain()
    assert states(placed) == [COMPLETED, FAILED, CANCELLED, COMPLETED]
    mend(placed.jobs[1].id)

    retry([placed.jobs[1].id])
    drain()

    assert states(placed) == [COMPLETED] * 4
    assert Job.objects.get(pk=placed.jobs[3].id).attempts == 1  # its end was its end


def test_a_batch_counts_a_cancelled_job_as_an_end(redis: Any) -> None:
    placed = batch([a("one"), a("two")], on_success=a("success"), on_end=a("end"))

    cancel([placed.jobs[0].id])
    drain()

    assert states(placed) == [CANCELLED, COMPLETED, CANCELLED, COMPLETED]


def test_an_empty_batch_has_succeeded(redis: Any) -> None:
    placed = batch([], on_success=a("success"), on_end=a("end"))

    drain()

    assert states(placed) == [COMPLETED, COMPLETED]


def test_a_batch_ends_once_with_many_threads_recording(workers: None) -> None:
    members = [Misbehave(what="progress") if n % 2 else a(f"{n}") for n in range(100)]
    placed = batch(members, on_success=a("success"), on_end=a("end"))

    until(lambda: placed.finished)

    assert states(placed) == [COMPLETED] * 102
    assert set(Job.objects.filter(pk__in=[job.id for job in placed.jobs]).values_list("attempts", flat=True)) == {1}
    assert not Attempt.objects.exists()
