"""Editing a job that does not run: its payload, priority and delay, against a take in the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import dramatiq
import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs import AuditLog, Operator, enqueue
from jobs.errors import InvalidOption, InvalidPayload, JobLost, PayloadTooLarge, StaleJob
from jobs.ids import new_id
from jobs.models import Job
from jobs.rows.claim import claim
from jobs.rows.process import register
from jobs.services.dispatching import dispatcher
from jobs.services.edit import edit
from jobs.states import State
from jobs.testing import drain
from tests.jobs.rows import a_job
from tests.probe.actors import Misbehave, Note, read

pytestmark = pytest.mark.django_db(transaction=True)
ADA = Operator(user_id="ada", ip_address="192.0.2.7")


def test_an_edited_waiting_job_runs_with_its_new_payload(redis: Any, ledger: str) -> None:
    job = enqueue(Note(ledger=ledger, key="old"))

    job.edit(Note(ledger=ledger, key="new"), by="ada")
    drain()

    assert [line["key"] for line in read(ledger) if line["event"] == "S"] == ["new"]


def test_a_dead_letter_is_edited_and_brought_back_later_with_one_call(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))
    drain()
    assert job.refresh().state == State.FAILED

    job.edit({"what": "succeed", "times": 0}, priority=7, delay=timedelta(minutes=1), retry=True)

    row = job.row
    assert (row.state, row.priority, row.attempts, row.error) == (State.DELAYED, 7, 0, "")
    assert timedelta(seconds=50) < row.run_at - timezone.now() <= timedelta(minutes=1)
    assert dispatcher().stats(["calculation"])[0].delayed == 1
    job.promote()
    drain()
    assert job.refresh().state == State.COMPLETED


def test_a_dead_letter_stays_one_when_it_is_edited(redis: Any) -> None:
    job = a_job(State.FAILED, actor="probe-misbehave", payload={"what": "fail", "times": 1, "ledger": ""})

    edit(job.pk, payload={"what": "fail", "times": 2}, priority=9)

    job.refresh_from_db()
    assert (job.state, job.priority, job.payload["times"]) == (State.FAILED, 9, 2)
    assert dispatcher().stats(["calculation"])[0].waiting == 0


def test_an_edited_priority_moves_the_job_in_redis(redis: Any) -> None:
    first, second = (enqueue(Misbehave(what="fail")) for _ in range(2))

    second.edit(priority=1)

    assert list(dispatcher().client.zrange(dispatcher().keys("calculation").all()[0], 0, -1)) == [second.id, first.id]


@pytest.mark.parametrize("state", [State.ACTIVE, State.COMPLETED, State.CANCELLED])
def test_a_job_that_runs_or_is_over_is_not_edited(jobs_without_redis: None, state: State) -> None:
    job = a_job(state, priority=3)

    with pytest.raises(StaleJob, match=state):
        edit(job.pk, priority=4, by=ADA)

    assert Job.objects.get().priority == 3
    assert not AuditLog.objects.exists()


@pytest.mark.parametrize(
    ("values", "error", "match"),
    [
        ({"payload": {"what": "fail", "unheard": 1}}, InvalidPayload, "unheard"),
        ({"payload": {"what": "x" * 300_000}}, PayloadTooLarge, "300"),
        ({"priority": 1_001}, InvalidOption, "priority"),
        ({"delay": -1}, InvalidOption, "delay"),
        ({}, InvalidOption, "edit"),
    ],
)
def test_an_edit_that_no_enqueue_would_accept_changes_nothing(
    jobs_without_redis: None, values: dict[str, Any], error: type[Exception], match: str
) -> None:
    before = {"what": "fail", "times": 1, "ledger": ""}
    job = a_job(actor="probe-misbehave", payload=before)

    with pytest.raises(error, match=match):
        edit(job.pk, **({"priority": 5, "delay": 1} | values if values else {}))

    row = Job.objects.get()
    assert (row.payload, row.priority, row.state) == (before, 0, State.WAITING)


def test_an_edit_cannot_give_a_job_to_another_tenant(jobs_without_redis: None, ledger: str) -> None:
    job = a_job(actor="probe-note", tenant="t1", payload={"ledger": ledger, "key": "a", "tenantId": "t1"})

    with pytest.raises(InvalidPayload, match="stays with its tenant"):
        edit(job.pk, payload={"ledger": ledger, "key": "a", "tenantId": "t2"})


def test_an_edit_of_a_plain_dramatiq_job_keeps_its_shape(jobs_without_redis: None) -> None:
    @dramatiq.actor(queue_name="calculation", actor_name="plain-edited")
    def plain(number: int) -> int:
        """Return it; twice does no harm."""
        return number

    job = plain.send(1)

    with pytest.raises(InvalidPayload, match="args"):
        edit(job.message_id, payload={"number": 2})
    edit(job.message_id, payload={"args": [2], "kwargs": {}})
    drain()

    assert Job.objects.get().result == 2


def test_an_edit_of_an_unknown_job_says_so(jobs_without_redis: None) -> None:
    with pytest.raises(JobLost):
        edit(new_id(), priority=1)


def test_an_edit_and_a_take_in_the_same_moment_have_one_winner(redis: Any) -> None:
    """The claim passes over a row that is being edited on PostgreSQL, and waits for it on SQLite."""
    job, process = enqueue(Misbehave(what="fail")), new_id()
    register(connection, process, supervisor=new_id(), host="h", pid=1, lease_s=60.0, queues=["calculation"], threads=1)
    claimed: list[Any] = []

    def take() -> None:
        claimed.extend(claim(connection, [job.id], process=process, lease_s=1.0))
        connection.close()

    with transaction.atomic():
        edit(job.id, payload={"what": "edited"})
        taker = threading.Thread(target=take)
        taker.start()
        if connection.vendor == "postgresql":
            taker.join()
            assert claimed == []
    taker.join()
    claimed = claimed or claim(connection, [job.id], process=process, lease_s=1.0)

    assert claimed[0].payload["what"] == "edited"
    with pytest.raises(StaleJob, match="active"):
        edit(job.id, payload={"what": "too late"})


def test_audit_of_an_edit_has_the_changed_fields_masked_before_and_after(jobs_without_redis: None) -> None:
    job = a_job(actor="gone", tenant="t1", payload={"a": 1, "b": 2, "apiKey": "abcdefgh", "long": "x" * 3_000})

    edit(job.pk, payload={"a": True, "b": 2, "apiKey": "hgfedcba", "long": ""}, delay=5_000, by=ADA, reason="typo")

    entry = AuditLog.objects.get()
    changes: Any = entry.changes
    assert (entry.action, entry.entity_id, entry.user_id, entry.tenant_id) == ("EDIT", str(job.pk), "ada", "t1")
    assert changes["reason"] == "typo"
    assert changes["after"] == {
        "payload": {"a": True, "apiKey": "hg****ba", "long": ""},
        "state": "delayed",
        "delayMs": 5_000,
    }
    assert changes["before"]["payload"]["a"] == 1
    assert changes["before"]["payload"]["long"]["bytes"] == 3_002
    assert "abcdefgh" not in str(changes)
