"""Figures of queues: roll-ups written by workers, percentiles from their histograms, the age of the oldest job."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jobs import enqueue, enqueue_many, get_queue, get_queue_figures
from jobs.caretaker.retention import Retention
from jobs.histogram import bucket, counted, percentile
from jobs.measure import Measure
from jobs.models import Job, RollUp
from jobs.rows.rollup import write_roll_ups
from jobs.services.figures import figures, oldest_waiting
from jobs.worker.lease import enter
from jobs.workers import start_workers, stop_workers
from tests.jobs.conftest import until
from tests.jobs.rows import a_job
from tests.jobs.test_suspects import lose
from tests.probe.actors import Misbehave, Note

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 4, 12, 30, 20, tzinfo=UTC)
SHARD = "00000000-0000-7000-8000-00000000000a"


def measured(*, waits: list[float], runs: list[float], outcome: str = "completed") -> Measure:
    measure = Measure()
    measure.count(outcome, waits=waits, runs=runs)
    return measure


def roll_up(at: datetime, measure: Measure, *, minutes: int = 1, actor: str = "probe-note", shard: str = SHARD) -> None:
    write_roll_ups(connection, {(minutes, at.timestamp(), "calculation", actor): measure}, shard=shard)


@given(st.lists(st.floats(0, 80_000_000), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_is_in_the_bucket_of_the_exact_one(spans: list[float], share: float) -> None:
    exact = sorted(spans)[math.ceil(share * len(spans)) - 1]

    found = percentile(counted(spans), share)

    assert counted(spans) == Counter(map(bucket, spans))
    assert found is not None
    assert exact / 1.5 - 1 <= found <= max(1.0, exact * 1.5)


def test_a_percentile_of_nothing_is_none() -> None:
    assert percentile({}, 0.95) is None


def test_workers_count_what_they_ran_by_outcome(transactional_db: None, redis: Any, tmp_path: Path) -> None:
    start_workers(["calculation"])
    enqueue(Note(ledger=f"{tmp_path}/ledger", key="a", ms=30)).wait_until_finished(60)
    enqueue(Misbehave(what="retry", times=1)).wait_until_finished(60)

    stop_workers()

    told = get_queue_figures("calculation")
    assert told.windows["minute"].outcomes == {
        "completed": 2,
        "failed": 0,
        "retried": 1,
        "cancelled": 0,
        "put_off": 0,
        "lost": 0,
    }
    note = told.actors["probe-note"]["day"]
    assert note.outcomes["completed"] == 1
    assert note.run_average_ms is not None
    assert note.run_average_ms >= 30
    assert note.wait_p95_ms is not None
    assert told.windows["hour"].outcomes == told.windows["day"].outcomes == told.windows["minute"].outcomes


def test_runs_that_are_lost_with_their_worker_are_counted_until_the_last_is_a_failure(
    transactional_db: None, redis: Any
) -> None:
    job = enqueue(Misbehave(what="fail"))
    for _ in range(4):
        lose(job, died=True)

    told = get_queue_figures("calculation")

    hour = told.windows["hour"]
    assert (hour.outcomes["lost"], hour.outcomes["failed"], hour.run_p95_ms) == (3, 1, None)
    assert told.actors["probe-misbehave"]["day"].outcomes == hour.outcomes


def test_hundreds_of_jobs_leave_few_roll_ups(transactional_db: None, redis: Any) -> None:
    enqueue_many([Misbehave(what="retry", times=0) for _ in range(300)])
    start_workers(["calculation"])
    until(lambda: Job.objects.filter(state="completed").count() == 300, seconds=60)

    stop_workers()

    assert sum(row.completed for row in RollUp.objects.filter(minutes=60)) == 300
    assert RollUp.objects.count() <= 4  # a minute and an hour, two of each if the clock struck meanwhile


def test_processes_add_up_and_writing_again_counts_once(db: None) -> None:
    at = NOW.replace(second=0)
    for _ in range(2):
        roll_up(at, measured(waits=[10, 10], runs=[100, 100]))
    roll_up(at, measured(waits=[1_000], runs=[5_000], outcome="failed"), shard=SHARD[:-1] + "b")

    told = figures(["calculation"], now=NOW)["calculation"].windows["minute"]

    assert told.outcomes["completed"] == 2
    assert told.outcomes["failed"] == 1
    assert told.rate == pytest.approx(3 / 80)  # since 12:29:00, the whole minute before
    assert told.wait_average_ms == pytest.approx(340)
    assert told.run_average_ms == pytest.approx(5_200 / 3)


def test_the_percentile_of_a_window_comes_from_all_its_minutes(db: None) -> None:
    for minute in range(10):
        slow = 20_000.0 if minute == 9 else 10.0
        roll_up(NOW.replace(second=0) - timedelta(minutes=minute), measured(waits=[1] * 10, runs=[slow] * 10))

    told = figures(["calculation"], now=NOW)["calculation"].windows

    assert told["minute"].run_p95_ms == pytest.approx(10, rel=0.5)
    assert told["hour"].run_p95_ms == pytest.approx(20_000, rel=0.5)


def test_what_is_older_than_the_window_is_left_out(db: None) -> None:
    roll_up(NOW.replace(second=0) - timedelta(hours=2), measured(waits=[1], runs=[1]))

    told = figures(["calculation"], now=NOW)["calculation"].windows["hour"]

    assert told.outcomes["completed"] == 0
    assert told.run_p95_ms is None
    assert told.rate == 0


def test_utilisation_is_run_time_by_places(db: None) -> None:
    enter(SHARD, supervisor=SHARD, queues=["calculation"], threads=2)
    roll_up(NOW.replace(second=0), measured(waits=[1], runs=[80_000]))

    told = figures(["calculation", "reports"], now=NOW)

    assert told["calculation"].windows["minute"].utilisation == pytest.approx(80 / 80 / 2)
    assert told["reports"].windows["minute"].utilisation is None


def test_the_oldest_waiting_job_is_found_behind_a_higher_priority(redis: Any) -> None:
    old, _, _ = enqueue(Misbehave(what="a")), enqueue(Misbehave(what="b"), priority=9), enqueue(Misbehave(what="c"))
    Job.objects.filter(pk=old.id).update(run_at=timezone.now() - timedelta(minutes=7))

    assert oldest_waiting(["calculation", "reports"]) == {"calculation": pytest.approx(420, abs=30)}


def test_a_delayed_job_waits_from_the_time_it_is_due(jobs_without_redis: None, db: None) -> None:
    a_job("delayed", run_at=timezone.now() + timedelta(hours=1))
    a_job("delayed", queue="reports", run_at=timezone.now() - timedelta(minutes=1))

    assert oldest_waiting(["calculation", "reports"]) == {"reports": pytest.approx(60, abs=30)}


def test_figures_read_no_more_when_there_are_more_jobs(redis: Any) -> None:
    enqueue_many([Misbehave(what="a") for _ in range(50)])

    with CaptureQueriesContext(connection) as queries:
        get_queue_figures("calculation")

    asked = [query["sql"] for query in queries if "jobs_job" in query["sql"]]
    assert len(queries) == 5
    assert len(asked) == 1
    assert get_queue("calculation").counts()["waiting"] == 50


def test_roll_ups_are_kept_ninety_days(jobs_without_redis: None, db: None) -> None:
    for days in (89, 91):
        for minutes in (1, 60):
            roll_up(timezone.now() - timedelta(days=days), measured(waits=[1], runs=[1]), minutes=minutes)

    Retention()(connection)

    assert sorted(RollUp.objects.values_list("minutes", flat=True)) == [1, 60]
    assert all(row.start > timezone.now() - timedelta(days=90) for row in RollUp.objects.all())
