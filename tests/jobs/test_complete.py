"""`current_job().complete()`: an effect in the database and its job's completion are one commit."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from jobs import Tenant, enqueue
from jobs.models import Attempt, Job
from jobs.queue import get_queue_metrics
from jobs.rows.dialect import bound_transaction
from jobs.testing import drain
from tests.probe.actors import Found

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("jobs_without_redis")]


def test_effect_and_completion_are_committed_together() -> None:
    job = enqueue(Found(name="acme"))

    drain()

    assert (job.refresh().state, job.returnvalue) == ("completed", {"founded": "acme"})
    assert Tenant.objects.filter(name="acme").count() == 1
    assert get_queue_metrics("calculation")["completed"] == 1


def test_a_rollback_takes_the_completion_back_and_the_job_runs_again() -> None:
    job = enqueue(Found(name="acme", after="roll back"), attempts=2)

    drain(delayed=True)

    assert job.refresh().state == "failed"
    assert not Tenant.objects.exists()
    assert get_queue_metrics("calculation") == {
        "waiting": 0, "active": 0, "completed": 0, "failed": 1, "delayed": 0, "paused": 0,
    }  # fmt: skip


def test_an_error_after_the_commit_no_longer_counts() -> None:
    job = enqueue(Found(name="acme", after="raise"))

    drain(delayed=True)

    assert job.refresh().state == "completed"
    assert Tenant.objects.count() == 1
    assert not Attempt.objects.exists()


def test_a_run_that_has_lost_its_job_rolls_its_effect_back(monkeypatch: pytest.MonkeyPatch) -> None:
    job = enqueue(Found(name="acme"), attempts=1)
    found = Tenant.objects.create

    def lose_the_job(**fields: str) -> Tenant:
        Job.objects.filter(pk=job.id).update(generation=99)
        return found(**fields)

    monkeypatch.setattr(Tenant.objects, "create", lose_the_job)

    drain(limit=1)

    assert not Tenant.objects.exists()


def test_outside_a_transaction_it_is_refused_in_words() -> None:
    job = enqueue(Found(name="acme", outside=True), attempts=1)

    drain()

    assert "transaction.atomic()" in str(job.refresh().failed_reason)


def test_a_bounded_transaction_cannot_hold_its_locks_for_ever() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such settings")

    with transaction.atomic():
        bound_transaction(connection, seconds=7.5)
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("7500ms",)

    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("0",)
