"""Flows: jobs start once those that they wait for have ended, whatever their queues, and read their results."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from jobs import chain, enqueue, flow
from jobs.errors import FlowConflict, JobLost, NotInPlan, OtherTenantsJob
from jobs.models import Edge, Flow, Job
from jobs.testing import drain
from tests.jobs.flows.conftest import BLOCKED, COMPLETED, WAITING, a, open_edges, states
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_flow_of_any_shape_runs_in_its_order_over_queues(redis: Any) -> None:
    plan = flow("a graph")
    left, right = plan.add(a("left")), plan.add(Misbehave(what="progress"))
    middle = plan.add(a("middle"), after=[left, right])
    plan.add(a("end"), after=[left, middle])
    placed = plan.enqueue()
    assert states(placed) == [WAITING, WAITING, BLOCKED, BLOCKED]

    ran = [job.id for job in drain()]

    assert sorted(ran[:2]) == sorted(job.id for job in placed.jobs[:2])
    assert ran[2:] == [job.id for job in placed.jobs[2:]]
    assert placed.last.returnvalue == {"name": "end", "from": {"left": "completed", "middle": "completed"}}
    assert (placed.finished, open_edges()) == (True, 0)


def test_a_chain_fans_out_and_in_in_one_call(redis: Any) -> None:
    placed = chain(a("fetch"), [a("one"), a("two"), a("three")], a("report"), name="nightly")

    drain()

    assert states(placed) == [COMPLETED] * 5
    assert placed.last.returnvalue["from"] == dict.fromkeys(("one", "two", "three"), "completed")
    assert [child.result["from"] for child in placed.last.children()] == [{"fetch": "completed"}] * 3


def test_workers_run_a_chain_over_queues(workers: None) -> None:
    placed = chain(Misbehave(what="progress"), [a("one"), Misbehave(what="progress")], a("last"))

    result = placed.last.wait_until_finished(10)

    assert result["from"] == {"one": "completed", "-": "completed"}


def test_a_flow_that_cannot_be_enqueued_leaves_nothing(redis: Any) -> None:
    known = enqueue(a("known"), job_id="taken")
    plan = flow("half known")
    first = plan.add(a("first"))
    plan.add(a("second"), after=[first], job_id="taken")

    with pytest.raises(FlowConflict, match="taken"):
        plan.enqueue()

    assert list(Job.objects.values_list("job_id", flat=True)) == [known.job_id]
    assert not Flow.objects.exists()
    assert not Edge.objects.exists()


def test_a_flow_is_enqueued_with_its_callers_transaction_or_not_at_all(redis: Any) -> None:
    with transaction.atomic():
        chain(a("one"), a("two"))
        transaction.set_rollback(True)

    assert (Job.objects.count(), Edge.objects.count(), drain()) == (0, 0, [])


def test_a_flow_with_a_known_key_is_the_flow_that_is_there(redis: Any) -> None:
    first = chain(a("one"), a("two"), key="import-7")

    again = chain(a("one"), a("two"), key="import-7")

    assert (again.id, again.created, [job.id for job in again.jobs]) == (
        first.id,
        False,
        [job.id for job in first.jobs],
    )
    assert Job.objects.count() == 2


def test_a_flow_waits_for_jobs_that_are_there_running_or_over(redis: Any) -> None:
    over, waiting = enqueue(a("over")), enqueue(a("waiting"), delay=60_000)
    drain()
    plan = flow()
    plan.add(a("after both"), after=[over, waiting])
    plan.add(a("after one"), after=[over])
    placed = plan.enqueue()

    assert states(placed) == [BLOCKED, WAITING]
    drain(delayed=True)

    assert placed.jobs[0].returnvalue["from"] == {"over": "completed", "waiting": "completed"}


def test_a_flow_takes_a_known_job_that_waits_for_nothing_as_it_is(redis: Any) -> None:
    known = enqueue(a("shared"), job_id="shared")

    plan = flow()
    plan.add(a("end"), after=[plan.add(a("shared"), job_id="shared")])
    placed = plan.enqueue()
    drain()

    assert placed.jobs[0].id == known.id
    assert placed.last.returnvalue["from"] == {"shared": "completed"}


def test_a_flow_does_not_cross_tenants(redis: Any) -> None:
    plan = flow()
    mine = plan.add(a("mine", tenant="acme"))
    plan.add(a("for all"), after=[mine])
    plan.add(a("theirs", tenant="globex"), after=[mine])

    with pytest.raises(OtherTenantsJob):
        plan.enqueue()

    foreign = enqueue(a("foreign", tenant="globex"))
    other = flow()
    other.add(a("mine", tenant="acme"), after=[foreign])
    with pytest.raises(OtherTenantsJob):
        other.enqueue()


def test_a_plan_takes_only_its_own_nodes_and_jobs_that_are_there(redis: Any) -> None:
    stranger = flow().add(a("of another plan"))
    gone = enqueue(a("gone"))
    Job.objects.filter(pk=gone.id).delete()
    plan = flow()

    with pytest.raises(NotInPlan):
        plan.add(a("x"), after=[stranger])
    plan.add(a("x"), after=[gone])
    with pytest.raises(JobLost):
        plan.enqueue()


def test_jobs_outside_of_flows_ask_nothing_of_edges(redis: Any) -> None:
    def statements_about_edges() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            drain()
        return [sql for query in captured.captured_queries if "jobs_edge" in (sql := str(query["sql"]))]

    enqueue(Misbehave(what="progress"))
    assert statements_about_edges() == []

    chain(Misbehave(what="progress"), Misbehave(what="progress"))
    assert statements_about_edges()
