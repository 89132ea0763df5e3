"""Operations outlive the processes that take their steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jobs import get_queue
from jobs.job_filter import JobFilter
from jobs.models import Job, Operation
from jobs.services.operations import start
from jobs.states import State
from tests.jobs.conftest import Crew, until
from tests.jobs.rows import a_job

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bulk_operation_goes_on_after_every_process_was_killed(redis: Any, crew: Callable[..., Crew]) -> None:
    get_queue("calculation").pause()
    for _ in range(60):
        a_job(State.FAILED)
    first = crew()

    operation = start(action="retry", wanted=JobFilter(states=("failed",)), per_second=15)
    until(lambda: Operation.objects.get().done, what="a first step")
    first.kill()
    left = Job.objects.filter(state=State.FAILED).count()
    crew()
    until(lambda: Operation.objects.get().state == "finished", seconds=60, what="the last step")

    operation.refresh_from_db()
    assert left > 0
    assert (operation.done, operation.skipped) == (60, 0)
    assert set(Job.objects.values_list("state", "generation")) == {("waiting", 1)}
