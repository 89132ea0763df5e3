"""What operators do to jobs is in the audit log: who, from where, why, before and after."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from jobs import AuditLog, Operator
from jobs.models import Job
from jobs.services.change import change_delay, change_priority, promote, promote_all
from jobs.services.limits import hold
from jobs.services.operate import cancel, drain, retry
from jobs.states import State
from tests.jobs.rows import a_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]

ADA = Operator(user_id="ada", ip_address="192.0.2.7", user_agent="Firefox/130.0")


def the_entry() -> AuditLog:
    return AuditLog.objects.get()


def changes_of(entry: AuditLog) -> Any:
    return entry.changes


def test_audit_tells_who_retried_a_job_from_where_and_why() -> None:
    job = a_job(State.FAILED, attempts=3, tenant="t1")

    retry([job.pk], by=ADA, reason="the provider is back")

    entry = the_entry()
    assert (entry.action, entry.entity_type, entry.entity_id) == ("RETRY", "JOB", str(job.pk))
    assert (entry.user_id, entry.ip_address, entry.user_agent) == ("ada", "192.0.2.7", "Firefox/130.0")
    assert entry.tenant_id == "t1"
    assert entry.changes == {
        "before": {"state": "failed", "attempts": 3},
        "after": {"state": "waiting", "attempts": 0},
        "reason": "the provider is back",
    }


@pytest.mark.parametrize(
    ("state", "verb", "action", "before", "after"),
    [
        (State.WAITING, cancel, "CANCEL", {"state": "waiting"}, {"state": "cancelled"}),
        (State.ACTIVE, cancel, "CANCEL", {"state": "active"}, {"state": "active", "cancelRequested": True}),
    ],
)
def test_audit_tells_what_a_cancel_did(state: State, verb: Any, action: str, before: Any, after: Any) -> None:
    job = a_job(state)

    verb([job.pk], by=ADA)

    entry = the_entry()
    assert (entry.action, entry.entity_id, entry.user_id) == (action, str(job.pk), "ada")
    assert entry.changes == {"before": before, "after": after}


def test_audit_tells_the_priority_before_and_after() -> None:
    job = a_job(priority=5)

    change_priority([job.pk], priority=900, by=ADA, reason="a customer waits")

    assert the_entry().action == "PRIORITY"
    assert the_entry().changes == {
        "before": {"priority": 5},
        "after": {"priority": 900},
        "reason": "a customer waits",
    }


def test_audit_tells_of_a_delay_and_of_a_promotion() -> None:
    job = a_job()

    change_delay([job.pk], delay=60_000, by=ADA)
    promote([job.pk], by=ADA)
    promote_all(queue="calculation", by=ADA)

    delay, promotion = AuditLog.objects.order_by("created_at", "pk")
    assert (delay.action, changes_of(delay)["after"]) == ("DELAY", {"state": "delayed", "delayMs": 60_000})
    assert (promotion.action, changes_of(promotion)["before"]["state"]) == ("PROMOTE", "delayed")
    assert Job.objects.get().state == State.WAITING


def test_audit_tells_of_a_drained_queue_not_of_each_job() -> None:
    for _ in range(3):
        a_job()

    drain(queue="calculation", by=ADA, reason="test data")

    entry = the_entry()
    assert (entry.action, entry.entity_type, entry.entity_id) == ("DRAIN", "QUEUE", "calculation")
    assert changes_of(entry)["after"] == {"cancelled": 3}


def test_audit_tells_of_an_operator_s_hold_and_not_of_a_job_s() -> None:
    hold("calculation", delay=30_000)
    hold("calculation", delay=60_000, by=ADA, reason="the provider said so")
    hold("calculation", delay=1_000, by=ADA)  # shorter: it changes nothing

    entry = the_entry()
    assert (entry.action, entry.entity_type, entry.entity_id) == ("HOLD", "QUEUE", "calculation")
    assert changes_of(entry)["before"]["held_until"]
    assert (changes_of(entry)["after"], changes_of(entry)["reason"]) == ({"holdMs": 60_000}, "the provider said so")


def test_audit_of_what_moved_nothing_is_silent() -> None:
    retry([a_job().pk], by=ADA)

    assert not AuditLog.objects.exists()


def test_audit_and_action_are_one_transaction() -> None:
    job = a_job(State.FAILED)

    with transaction.atomic():
        retry([job.pk], by=ADA)
        transaction.set_rollback(True)

    assert not AuditLog.objects.exists()
    assert Job.objects.get().state == State.FAILED


def test_audit_rows_are_never_changed() -> None:
    retry([a_job(State.FAILED).pk], by=ADA)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AuditLog.objects.update(user_id="nobody")

    assert the_entry().user_id == "ada"
