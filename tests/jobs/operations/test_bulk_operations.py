"""Bulk operations: what is frozen, what each step does, how they stop and go on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from jobs import AuditLog, Operator
from jobs.caretaker.operations import TakeSteps
from jobs.errors import InvalidOption, OperationOver
from jobs.job_filter import JobFilter
from jobs.models import Job, Operation
from jobs.services.operate import retry
from jobs.services.operation_step import take_step
from jobs.services.operations import finish, preview, retry_all, running, start, stop
from jobs.services.queues import metrics
from jobs.states import State
from tests.jobs.rows import a_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]

ADA = Operator(user_id="ada", ip_address="192.0.2.7")
FAILED = JobFilter(queue="calculation", states=("failed",))


def outcomes(operation: Operation) -> list[tuple[str, str]]:
    return list(operation.rows.order_by("pk").values_list("outcome", "why"))


def states() -> list[str]:
    return sorted(Job.objects.values_list("state", flat=True))


def test_a_bulk_operation_acts_on_all_that_match_and_on_nothing_else() -> None:
    for _ in range(3):
        a_job(State.FAILED)
    a_job(State.FAILED, queue="reports")
    a_job(State.COMPLETED)

    operation = finish(start(action="retry", wanted=FAILED))

    assert states() == ["completed", "failed", "waiting", "waiting", "waiting"]
    assert (operation.state, operation.total, operation.done, operation.skipped) == ("finished", 3, 3, 0)
    assert outcomes(operation) == [("done", "")] * 3


@pytest.mark.parametrize(
    ("action", "before", "after", "arguments"),
    [
        ("retry", State.FAILED, ["waiting"], {}),
        ("cancel", State.WAITING, ["cancelled"], {}),
        ("delete", State.FAILED, [], {}),
        ("delete", State.WAITING, [], {}),
        ("promote", State.DELAYED, ["waiting"], {}),
        ("priority", State.WAITING, ["waiting"], {"priority": 700}),
    ],
)
def test_a_bulk_operation_knows_each_action(action: str, before: State, after: list[str], arguments: Any) -> None:
    a_job(before)

    operation = finish(start(action=action, wanted=JobFilter(states=(before,)), arguments=arguments))

    assert states() == after
    assert operation.done == 1
    assert not arguments or Job.objects.get().priority == 700


def test_a_bulk_preview_counts_and_moves_nothing() -> None:
    a_job(State.FAILED, tenant="t1")
    a_job(State.FAILED, tenant="t2")
    a_job(tenant="t1", actor="another")

    counts = preview(action="retry", wanted=JobFilter(queue="calculation"))

    assert counts == {
        "total": 3,
        "eligible": 2,
        "state": {"failed": 2, "waiting": 1},
        "actor": {"another": 1, "process-calculation": 2},
        "tenant": {"t1": 2, "t2": 1},
    }
    assert states() == ["failed", "failed", "waiting"]


def test_jobs_that_match_later_are_not_part_of_an_operation() -> None:
    a_job(State.FAILED)
    operation = start(action="retry", wanted=FAILED)
    later = a_job(State.FAILED)

    finish(operation)

    assert Job.objects.get(pk=later.pk).state == State.FAILED
    assert operation.rows.count() == 1


def test_a_bulk_operation_on_nothing_is_finished_at_its_first_step() -> None:
    operation = finish(start(action="cancel", wanted=JobFilter(ids=())))

    assert (operation.state, operation.total, operation.done) == ("finished", 0, 0)


def test_an_operation_skips_what_has_moved_on_and_says_why() -> None:
    gone, retried, failed = a_job(State.FAILED), a_job(State.FAILED), a_job(State.FAILED)
    operation = start(action="retry", wanted=FAILED)
    retry([retried.pk])
    gone.delete()

    operation = finish(operation)

    assert (operation.done, operation.skipped) == (1, 2)
    why = {row.job_id: (row.outcome, row.why) for row in operation.rows.all()}
    assert why[failed.pk] == ("done", "")
    assert why[retried.pk] == ("skipped", "it is waiting")
    assert ("skipped", "it is gone") in why.values()


def test_an_operation_moves_a_job_once_though_it_fails_again() -> None:
    job = a_job(State.FAILED)
    operation = start(action="retry", wanted=FAILED)
    take_step(operation.pk)
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, finished_at=job.finished_at)

    assert take_step(operation.pk) == 0
    assert Job.objects.get().state == State.FAILED


def test_an_operation_goes_on_from_its_cursor_in_any_process() -> None:
    for _ in range(5):
        a_job(State.FAILED)
    operation = start(action="retry", wanted=FAILED)
    take_step(operation.pk, at_most=2)
    operation.refresh_from_db()
    half = (operation.state, operation.done)

    TakeSteps()(connection)

    operation.refresh_from_db()
    assert half == ("running", 2)
    assert (operation.state, operation.done) == ("finished", 5)
    assert not running()


def test_a_stopped_operation_takes_no_further_step() -> None:
    for _ in range(3):
        a_job(State.FAILED)
    operation = start(action="retry", wanted=FAILED)
    take_step(operation.pk, at_most=2)

    stop(operation.pk, by=ADA, reason="too much")
    TakeSteps()(connection)

    assert states() == ["failed", "waiting", "waiting"]
    assert outcomes(operation) == [("done", ""), ("done", ""), ("", "")]
    with pytest.raises(OperationOver):
        stop(operation.pk)


def test_a_throttled_operation_does_not_outrun_its_rate() -> None:
    for _ in range(5):
        a_job(State.FAILED)
    operation = start(action="retry", wanted=FAILED, per_second=1)

    Operation.objects.update(stepped_at=operation.created_at)
    first = take_step(operation.pk)
    Operation.objects.update(stepped_at="2000-01-01T00:00:00Z")
    second = take_step(operation.pk)

    assert first == 0
    assert second == 1


def test_the_audit_tells_who_started_and_who_stopped_an_operation() -> None:
    a_job(State.FAILED, tenant="t1")

    wanted = JobFilter(queue="calculation", states=("failed",), tenants=("t1",))
    operation = start(action="retry", wanted=wanted, by=ADA, reason="fixed")
    stop(operation.pk, by=ADA)

    started, stopped = AuditLog.objects.order_by("created_at", "pk")
    assert (started.action, started.entity_type, started.entity_id) == ("START", "OPERATION", str(operation.pk))
    assert (started.user_id, started.tenant_id) == ("ada", "t1")
    assert started.changes == {
        "before": {},
        "after": {"action": "retry", "filter": wanted.as_json(), "arguments": {}, "total": 1},
        "reason": "fixed",
    }
    assert (stopped.action, stopped.user_id) == ("STOP", "ada")


@pytest.mark.parametrize(
    "options",
    [
        {"action": "explode"},
        {"action": "priority"},
        {"action": "priority", "arguments": {"priority": 1_001}},
        {"action": "retry", "per_second": 0},
    ],
)
def test_an_operation_that_makes_no_sense_is_refused(options: Any) -> None:
    with pytest.raises(InvalidOption):
        start(wanted=FAILED, **options)

    assert not Operation.objects.exists()


def test_retry_all_is_an_operation_and_keeps_the_counts_right() -> None:
    for n in range(3):
        a_job(State.FAILED, priority=n)
    before = metrics(["calculation"])["calculation"]["failed"]

    moved = retry_all(queue="calculation", limit=2, by=ADA)

    assert moved == 2
    assert states() == ["failed", "waiting", "waiting"]
    assert sorted(Job.objects.values_list("priority", flat=True)) == [0, 1, 2]
    assert before == 0
    assert Operation.objects.get().user_id == "ada"
