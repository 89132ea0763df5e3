"""Flows in the hands of operators: retried where they broke, cancelled whole or in part, freed when stuck."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from jobs import FlowHandle, chain, flow
from jobs.models import AuditLog, Edge, Job
from jobs.services.flows import cancel_part, free, retry_part
from jobs.services.heal import free_blocked, heal_edges
from jobs.services.operate import retry
from jobs.testing import drain
from tests.jobs.flows.conftest import BLOCKED, CANCELLED, COMPLETED, FAILED, WAITING, a, mend, open_edges, states

pytestmark = pytest.mark.django_db(transaction=True)


def a_broken_diamond() -> FlowHandle:
    """Return a flow whose left branch has failed, and its end with it."""
    plan = flow()
    root = plan.add(a("root"))
    left, right = plan.add(a("left", fails=True), after=[root]), plan.add(a("right"), after=[root])
    plan.add(a("end"), after=[plan.add(a("join"), after=[left, right])])
    placed = plan.enqueue()
    drain()
    assert states(placed) == [COMPLETED, FAILED, COMPLETED, FAILED, FAILED]
    mend(placed.jobs[1].id)
    return placed


def test_a_flow_goes_on_where_it_broke_once_the_failed_job_is_retried(redis: Any) -> None:
    placed = a_broken_diamond()

    retry([placed.jobs[1].id])
    assert states(placed) == [COMPLETED, WAITING, COMPLETED, BLOCKED, BLOCKED]
    drain()

    assert states(placed) == [COMPLETED] * 5
    assert placed.jobs[3].returnvalue["from"] == {"left": "completed", "right": "completed"}


def test_a_flow_retried_as_a_whole_keeps_its_order(redis: Any) -> None:
    placed = a_broken_diamond()

    moved = placed.retry()
    ran = [job.id for job in drain()]

    assert moved >= 1
    assert ran == [placed.jobs[i].id for i in (1, 3, 4)]
    assert states(placed) == [COMPLETED] * 5


def test_a_flow_retried_from_its_end_brings_all_back_that_it_needs(redis: Any) -> None:
    placed = a_broken_diamond()

    retry_part(placed.last.id)
    drain()

    assert states(placed) == [COMPLETED] * 5


def test_a_flow_all_of_whose_jobs_are_retried_at_once_runs_again_in_order(redis: Any) -> None:
    placed = chain(a("one"), a("two"), a("three"))
    drain()

    retry([job.id for job in placed.jobs])
    assert states(placed) == [WAITING, BLOCKED, BLOCKED]

    assert [job.id for job in drain()] == [job.id for job in placed.jobs]


def test_a_flow_is_cancelled_as_a_whole_and_comes_back(redis: Any) -> None:
    placed = chain(a("one"), [a("two"), a("three")], a("four"))

    assert placed.cancel(reason="wrong day") == 4
    assert states(placed) == [CANCELLED] * 4
    placed.retry()
    drain()

    assert states(placed) == [COMPLETED] * 4


def test_a_part_of_a_flow_is_cancelled_without_what_others_need(redis: Any) -> None:
    plan = flow()
    shared, own = plan.add(a("shared")), plan.add(a("own"))
    plan.add(a("unwanted"), after=[shared, own])
    plan.add(a("wanted"), after=[shared])
    placed = plan.enqueue()

    cancel_part(placed.jobs[2].id)
    drain()

    assert states(placed) == [COMPLETED, CANCELLED, CANCELLED, COMPLETED]


def test_a_stuck_flow_is_freed_and_the_audit_log_says_so(redis: Any) -> None:
    plan = flow()
    plan.add(a("end"), after=[plan.add(a("bad", fails=True))], on_failure="wait")
    placed = plan.enqueue()
    drain()
    assert states(placed) == [FAILED, BLOCKED]

    assert free([placed.last.id], reason="prices by hand") == [placed.last.id]
    drain()

    assert placed.last.returnvalue["from"] == {"-": "freed"}
    assert AuditLog.objects.get(action="FREE").entity_id == placed.last.id


def test_a_flow_is_healed_after_a_death_between_a_jobs_end_and_what_follows(redis: Any) -> None:
    placed = chain(a("one"), a("two"), a("three"))
    drain(limit=1)
    Job.objects.filter(pk=placed.jobs[1].id).update(state="blocked")
    Edge.objects.filter(child=placed.jobs[0].row).update(ended="")

    assert heal_edges(connection, 0) is None
    assert states(placed) == [COMPLETED, WAITING, BLOCKED]
    Job.objects.filter(pk=placed.jobs[1].id).delete()
    Edge.objects.filter(parent=placed.jobs[2].row).delete()

    assert free_blocked(connection, [placed.jobs[2].id]) == 1
    assert open_edges() == 0


def test_a_flow_is_healed_of_an_edge_to_a_job_that_is_gone(redis: Any) -> None:
    placed = chain(a("one"), a("two"))
    Job.objects.filter(pk=placed.jobs[0].id).delete()

    heal_edges(connection, 0)

    assert placed.last.refresh().row.error_type == "ChildFailed"
    assert Edge.objects.get().ended == "deleted"
