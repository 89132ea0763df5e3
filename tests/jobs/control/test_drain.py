"""Draining, cleaning and obliterating a queue, in bounded steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from jobs import enqueue, enqueue_many, get_queue
from jobs.errors import InvalidOption, NotConfirmed, QueueBusy
from jobs.models import Attempt, AuditLog, Job, JobLog
from jobs.services import obliterate as obliterating
from jobs.services import operate
from jobs.testing import drain as run_all
from tests.jobs.conftest import until
from tests.jobs.control.conftest import starts
from tests.probe.actors import Misbehave, Note

pytestmark = pytest.mark.django_db(transaction=True)


def queued(count: int, **options: Any) -> list[Any]:
    return enqueue_many([Misbehave(what="fail") for _ in range(count)], **options)


def test_drain_cancels_what_waits_and_leaves_the_delayed(redis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operate, "STEP", 2)
    queued(5)
    delayed = queued(2, delay=60_000)

    assert get_queue("calculation").drain() == 5

    counts = get_queue("calculation").counts()
    assert (counts["waiting"], counts["delayed"]) == (0, 2)
    assert {job.refresh().state for job in delayed} == {"delayed"}


def test_drain_takes_the_delayed_and_the_blocked_too_if_told(redis: Any) -> None:
    queued(1)
    delayed, blocked = queued(2, delay=60_000)
    Job.objects.filter(pk=blocked.id).update(state="blocked")

    assert get_queue("calculation").drain(delayed=True) == 3

    assert delayed.refresh().state == blocked.refresh().state == "cancelled"
    assert get_queue("calculation").counts()["delayed"] == 0


def test_drain_leaves_running_jobs_and_other_queues(workers: None, ledger: str) -> None:
    running = enqueue(Note(ledger=ledger, key="a", ms=500))
    until(lambda: starts(ledger))

    assert get_queue("reports").drain() == 0
    get_queue("calculation").drain()

    assert running.wait_until_finished(60) == {"key": "a"}


def test_clean_deletes_by_age_state_and_count(redis: Any) -> None:
    failed = queued(3)
    run_all()
    Job.objects.filter(pk__in=[job.id for job in failed[:2]]).update(finished_at=Now() - timedelta(hours=2))
    queue = get_queue("calculation")

    assert queue.clean(3_600_000, 100, state="completed") == 0
    assert queue.clean(3_600_000, 1, state="failed") == 1
    assert queue.clean(3_600_000, 100, state="failed") == 1
    assert queue.clean(3_600_000, 100, state="failed") == 0
    assert queue.counts()["failed"] == 1


def test_clean_takes_attempts_and_logs_with_their_job(redis: Any) -> None:
    enqueue(Misbehave(what="fail"))
    enqueue(Misbehave(what="progress"))
    run_all()
    Job.objects.update(finished_at=Now() - timedelta(hours=2))

    get_queue("calculation").clean(0, 100, state="failed")
    get_queue("calculation").clean(0, 100, state="completed")

    assert (Job.objects.count(), Attempt.objects.count(), JobLog.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("state", ["waiting", "active", "nonsense"])
def test_clean_refuses_what_has_not_finished(redis: Any, state: str) -> None:
    with pytest.raises(InvalidOption, match="completed, failed, cancelled"):
        get_queue("calculation").clean(0, 100, state=state)


def test_obliterate_wants_the_name_of_the_queue_typed(redis: Any) -> None:
    queued(1)

    with pytest.raises(NotConfirmed, match="calculation"):
        get_queue("calculation").obliterate(confirm="reports")

    assert Job.objects.count() == 1


def test_obliterate_deletes_everything_of_one_queue_in_steps(redis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obliterating, "STEP", 3)
    queued(4)
    run_all()
    queued(4)
    queued(2, delay=60_000)
    queue = get_queue("calculation")

    assert queue.obliterate(confirm="calculation") == 10

    assert (Job.objects.count(), Attempt.objects.count()) == (0, 0)
    assert queue.counts() == dict.fromkeys(queue.counts(), 0)
    assert AuditLog.objects.filter(action="OBLITERATE", entity_id="calculation").count() == 4
    assert enqueue(Misbehave(what="progress")).state == "waiting"
    assert queue.counts()["waiting"] == 1  # and not paused


def test_obliterate_refuses_a_queue_whose_jobs_run(workers: None, ledger: str) -> None:
    job = enqueue(Note(ledger=ledger, key="a", ms=500))
    until(lambda: job.refresh().state == "active")

    with pytest.raises(QueueBusy, match="1 jobs"):
        get_queue("calculation").obliterate(confirm="calculation")

    assert job.wait_until_finished(60) == {"key": "a"}


def test_obliterate_by_force_stops_what_runs(workers: None, ledger: str) -> None:
    job = enqueue(Note(ledger=ledger, key="a", ms=100_000))
    until(lambda: job.refresh().state == "active")
    queue = get_queue("calculation")

    assert queue.obliterate(confirm="calculation", force=True) == 1

    until(lambda: queue.counts()["active"] == 0, what="the interrupt")
    assert Job.objects.count() == 0
    assert enqueue(Misbehave(what="progress")).wait_until_finished(60) == {"attempt": 1}
