"""Expiry: what is not worth running late is not run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from jobs import enqueue, enqueue_many, get_queue
from jobs.caretaker.expiry import Expiry
from jobs.errors import InvalidOption, JobFailed
from jobs.models import Job
from jobs.rows.claim import claim
from jobs.rows.dialect import wrapper
from jobs.services.expire import expire
from jobs.services.operate import retry
from jobs.testing import drain
from jobs.worker.lease import enter
from tests.probe.actors import Misbehave, Note, read

pytestmark = pytest.mark.django_db(transaction=True)
ME = "00000000-0000-7000-8000-000000000009"


def let_it_be_late(*jobs: Any) -> None:
    Job.objects.filter(pk__in=[job.id for job in jobs]).update(expires_at=Now() - timedelta(seconds=1))


def test_a_job_expires_so_long_after_its_enqueue(redis: Any) -> None:
    short, long = (enqueue(Misbehave(what="fail"), expires=span) for span in (90_000, timedelta(hours=1)))

    spans = [job.row.expires_at - job.row.created_at for job in (short, long) if job.row.expires_at]
    assert spans == [timedelta(seconds=90), timedelta(hours=1)]


def test_a_job_in_time_runs(redis: Any) -> None:
    job = enqueue(Misbehave(what="progress"), expires=timedelta(hours=1))

    drain()

    assert job.refresh().state == "completed"


def test_an_expired_job_is_not_claimed(redis: Any) -> None:
    job = enqueue(Misbehave(what="progress"), expires=60_000)
    enter(ME, supervisor=ME, queues=["calculation"], threads=1)
    let_it_be_late(job)

    assert claim(wrapper("default"), [job.id], process=ME, lease_s=15) == []


def test_an_expired_job_ends_cancelled_with_that_reason(redis: Any) -> None:
    job = enqueue(Misbehave(what="progress"), expires=60_000)
    let_it_be_late(job)

    Expiry()(connection)

    assert job.refresh().state == "cancelled"
    assert job.row.cancel_reason == "expired"
    assert get_queue("calculation").counts()["waiting"] == 0
    with pytest.raises(JobFailed, match="cancelled: expired"):
        job.wait_until_finished(1)


def test_delayed_and_blocked_jobs_expire_too(redis: Any) -> None:
    delayed, blocked = (enqueue(Misbehave(what="fail"), delay=3_600_000, expires=60_000) for _ in range(2))
    Job.objects.filter(pk=blocked.id).update(state="blocked")
    let_it_be_late(delayed, blocked)

    assert sorted(expire()) == sorted([delayed.id, blocked.id])


def test_a_worker_that_takes_an_expired_job_ends_it(workers: None, ledger: str) -> None:
    queue = get_queue("calculation")
    queue.pause()
    late = enqueue(Note(ledger=ledger, key="late"), expires=300)
    with pytest.raises(JobFailed, match="expired"):
        late.wait_until_finished(30)
    queue.resume()

    assert read(ledger) == []


def test_jobs_expire_in_bounded_steps(redis: Any) -> None:
    jobs = enqueue_many([Misbehave(what="fail") for _ in range(5)], expires=60_000)
    let_it_be_late(*jobs)

    assert [len(expire(limit=2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_retry_by_an_operator_does_not_expire(redis: Any) -> None:
    job = enqueue(Misbehave(what="progress"), expires=60_000)
    let_it_be_late(job)
    expire()

    retry([job.id])
    drain()

    assert job.refresh().state == "completed"


@pytest.mark.parametrize("expires", [0, -5, 1.5, timedelta(0)])
def test_an_expiry_that_no_job_could_meet_is_refused(expires: Any) -> None:
    with pytest.raises(InvalidOption, match="expires"):
        enqueue(Misbehave(what="fail"), expires=expires)


def test_run_at_is_a_delay_until_then(redis: Any) -> None:
    at = datetime.now(UTC) + timedelta(hours=3)
    job = enqueue(Misbehave(what="fail"), run_at=at)

    assert abs(job.row.run_at - at) < timedelta(seconds=30)
    assert job.state == "delayed"
    assert enqueue(Misbehave(what="fail"), run_at=at - timedelta(days=1)).state == "waiting"


@pytest.mark.parametrize(
    "options",
    [
        {"run_at": datetime(2030, 1, 1)},  # noqa: DTZ001  (that is what is refused)
        {"run_at": datetime(2030, 1, 1, tzinfo=UTC), "delay": 5},
    ],
)
def test_a_run_at_without_a_zone_or_beside_a_delay_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match="run_at"):
        enqueue(Misbehave(what="fail"), **options)
