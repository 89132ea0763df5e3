"""Delay: in milliseconds, as timedelta or as a time; changed, and promoted, while the job waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from jobs import enqueue, enqueue_many, get_queue
from jobs.errors import StaleJob
from jobs.models import Job
from jobs.services import change
from jobs.services.dispatching import dispatcher
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)


def wait_s(job: Any) -> float:
    row = Job.objects.get(pk=job.id)
    return (row.run_at - row.created_at).total_seconds()


def test_a_delay_is_milliseconds_or_a_timedelta(redis: Any) -> None:
    short, long = (
        enqueue(Misbehave(what="fail"), delay=90_000),
        enqueue(Misbehave(what="fail"), delay=timedelta(hours=1)),
    )

    assert (wait_s(short), wait_s(long)) == (90, 3_600)
    assert get_queue("calculation").counts()["delayed"] == 2


def test_a_delay_is_changed_from_now_on(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"), delay=60_000)

    job.change_delay(timedelta(hours=2))

    assert 7_200 <= wait_s(job) < 7_230
    assert get_queue("calculation").counts()["delayed"] == 1


def test_a_waiting_job_can_be_delayed_and_let_go_again(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))

    assert job.change_delay(60_000).state == "delayed"
    assert get_queue("calculation").counts()["waiting"] == 0
    assert job.change_delay(0).state == "waiting"
    assert get_queue("calculation").counts()["waiting"] == 1


def test_a_changed_delay_of_a_transaction_that_rolls_back_changes_nothing(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"), delay=60_000)

    with transaction.atomic():
        job.promote()
        transaction.set_rollback(True)

    assert job.refresh().state == "delayed"
    assert get_queue("calculation").counts()["delayed"] == 1


def test_a_promoted_job_runs_now(workers: None) -> None:
    job = enqueue(Misbehave(what="progress"), delay=3_600_000)

    job.promote()

    assert job.wait_until_finished(60) == {"attempt": 1}


def test_only_a_delayed_job_can_be_promoted(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))

    with pytest.raises(StaleJob, match="waiting, not delayed"):
        job.promote()


def test_all_delayed_jobs_are_promoted_in_steps_and_keep_their_order(
    redis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "STEP", 2)
    jobs = enqueue_many([Misbehave(what="fail") for _ in range(5)], delay=60_000)
    jobs[4].change_priority(10)

    assert get_queue("calculation").promote_all() == 5

    keys = dispatcher().keys("calculation").all()
    assert dispatcher().client.zrange(keys[0], 0, -1) == [jobs[n].id for n in (4, 0, 1, 2, 3)]


def test_promoting_all_of_one_queue_leaves_the_others(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"), delay=60_000)

    assert get_queue("reports").promote_all() == 0

    assert job.refresh().state == "delayed"


def test_a_changed_delay_of_a_taken_job_takes_nothing_from_its_process(redis: Any) -> None:
    job = enqueue(Misbehave(what="fail"))
    process = "0" * 36
    dispatcher().settle("calculation", [(job.id, process, 0)], epoch=dispatcher().stats(["calculation"])[0].settling)

    job.change_delay(60_000)

    assert list(dispatcher().active("calculation")) == [job.id]
