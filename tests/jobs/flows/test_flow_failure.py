"""Flows that break: what an edge says is what its job does, and one failure ends all that it dooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from jobs import enqueue, flow, new_id
from jobs.models import Job, QueueCount
from jobs.on_failure import OnFailure
from jobs.services.discard import discard
from jobs.services.expire import expire
from jobs.services.operate import cancel
from jobs.services.prune import prune
from jobs.services.reclaim import reclaim
from jobs.states import State
from jobs.testing import drain
from tests.jobs.flows.conftest import BLOCKED, CANCELLED, COMPLETED, FAILED, WAITING, a, open_edges, states

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
BROKEN = {
    OnFailure.FAIL: FAILED,
    OnFailure.SKIP: CANCELLED,
    OnFailure.IGNORE: COMPLETED,
    OnFailure.GO_ON: COMPLETED,
    OnFailure.WAIT: BLOCKED,
}


@pytest.mark.parametrize("policy", OnFailure)
def test_a_flow_goes_by_the_policy_of_the_edge_whose_job_failed(redis: Any, policy: OnFailure) -> None:
    plan = flow()
    bad, good = plan.add(a("bad", fails=True)), plan.add(a("good"))
    plan.add(a("end"), after={bad: policy, good: "fail"})
    placed = plan.enqueue()

    drain()

    assert states(placed) == [FAILED, COMPLETED, BROKEN[policy]]


def test_a_flow_that_goes_on_does_not_wait_for_the_rest(redis: Any) -> None:
    plan = flow()
    bad, slow = plan.add(a("bad", fails=True)), plan.add(a("slow"), delay=60_000)
    plan.add(a("end"), after=[bad, slow], on_failure="go_on")
    plan.add(a("patient"), after=[bad, slow], on_failure="ignore")
    placed = plan.enqueue()

    drain()

    assert states(placed)[2:] == [COMPLETED, BLOCKED]
    assert placed.jobs[2].returnvalue["from"] == {"-": ""}  # both left nothing, the last of them has not ended


def test_a_flow_fails_up_to_its_end_and_says_why(redis: Any) -> None:
    plan = flow()
    bad = plan.add(a("bad", fails=True), job_id="bad-1")
    middle = plan.add(a("middle"), after=[bad])
    plan.add(a("end"), after=[middle])
    placed = plan.enqueue()

    drain()

    assert states(placed) == [FAILED] * 3
    assert placed.jobs[1].failed_reason == "It waited for probe-gather bad-1, which is failed."
    assert [job.row.error_type for job in placed.jobs[1:]] == ["ChildFailed"] * 2
    assert sum(QueueCount.objects.filter(state="failed").values_list("count", flat=True)) == 3


def _cancel(id_: str) -> None:
    cancel([id_])


def _expire(id_: str) -> None:
    Job.objects.filter(pk=id_).update(expires_at=LONG_AGO)
    expire()


def _delete(id_: str) -> None:
    with transaction.atomic():
        discard([id_], states=[State.DELAYED], using="default")


def _lose(id_: str) -> None:
    process = new_id()
    Job.objects.filter(pk=id_).update(state=State.ACTIVE, worker=process, losses=100)
    reclaim(connection, process)


@pytest.mark.parametrize("end", [_cancel, _expire, _delete, _lose])
def test_a_flow_follows_a_job_however_it_ends(redis: Any, end: Callable[[str], None]) -> None:
    plan = flow()
    first = plan.add(a("first"), delay=60_000)
    plan.add(a("lenient"), after=[first], on_failure="ignore")
    plan.add(a("strict"), after=[first])
    placed = plan.enqueue()

    end(placed.jobs[0].id)

    assert [job.refresh().state for job in placed.jobs[1:]] == [WAITING, FAILED]
    assert open_edges() == 0


def test_a_flow_keeps_results_that_are_still_to_be_read(redis: Any) -> None:
    plan = flow()
    plan.add(a("end"), after=[plan.add(a("early")), plan.add(a("late"), delay=60_000)])
    placed = plan.enqueue()
    enqueue(a("alone"))
    drain()
    Job.objects.filter(state=COMPLETED).update(finished_at=LONG_AGO)

    assert prune(older_than=timedelta(days=1)) == 1
    drain(delayed=True)

    assert placed.last.returnvalue["from"] == {"early": "completed", "late": "completed"}
