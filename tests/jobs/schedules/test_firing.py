"""Each due time makes one job, whoever is there and whoever was not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.db.models import Q

from jobs.caretaker.schedules import FireSchedules
from jobs.models import Job, Missed, Overlap, Schedule, ScheduleRun
from jobs.rows.dialect import wrapper
from jobs.services.fire import KEPT_RUNS, fire_due
from jobs.states import State
from tests.jobs.schedules.conftest import NOON, end, keys, oclock

Make = Callable[..., Schedule]


def outcomes(schedule: Schedule) -> list[tuple[str, int]]:
    return list(schedule.runs.order_by("due_at").values_list("outcome", "count"))


def test_a_schedule_makes_one_job_when_it_is_due(hourly: Make) -> None:
    schedule = hourly(priority=7, attempts=2)

    early = fire_due(now=NOON - timedelta(milliseconds=1))
    fired, again = fire_due(now=NOON), fire_due(now=NOON)

    job = Job.objects.get()
    schedule.refresh_from_db()
    assert (early, fired, again) == (0, 1, 0)
    assert (job.actor, job.payload["key"], job.priority, job.max_attempts) == (
        "probe-note",
        "2026-11-24T12:00:00.000Z",
        7,
        2,
    )
    assert job.job_id == f"schedule-{schedule.pk}-2026-11-24T12:00:00.000Z"
    assert (schedule.last_at, schedule.last_job, schedule.next_at) == (NOON, job.pk, oclock(13))


@pytest.mark.django_db(transaction=True)
def test_a_schedule_fires_once_a_tick_with_eight_caretakers_at_once(hourly: Make) -> None:
    made = [hourly() for _ in range(5)]
    barrier = Barrier(8)

    def caretaker() -> None:
        barrier.wait()
        for hour in (12, 13, 14):
            fire_due(now=oclock(hour))
        connections.close_all()

    threads = [Thread(target=caretaker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fire_due(now=oclock(14))  # a caretaker leaves alone what another one holds

    fired = ScheduleRun.objects.filter(outcome="fired")
    assert Job.objects.count() == fired.count()
    assert set(fired.filter(due_at=oclock(14)).values_list("schedule", flat=True)) == {one.pk for one in made}
    assert Job.objects.values("job_id").distinct().count() == Job.objects.count()
    assert 5 <= fired.count() <= 15


def test_a_schedule_whose_row_was_restored_fires_no_tick_twice(hourly: Make) -> None:
    schedule = hourly()
    fire_due(now=NOON)

    Schedule.objects.filter(pk=schedule.pk).update(next_at=NOON)  # as after a restored backup of this table
    fire_due(now=NOON)

    assert Job.objects.count() == 1
    assert outcomes(schedule) == [("fired", 1)]


@pytest.mark.parametrize(
    ("policy", "limit", "jobs", "told"),
    [
        (Missed.SKIP, 10, [], [("missed", 4)]),
        (Missed.ONCE, 10, ["15:00"], [("missed", 3), ("fired", 1)]),
        (Missed.ALL, 3, ["13:00", "14:00", "15:00"], [("missed", 1), *[("fired", 1)] * 3]),
        (Missed.ALL, 10, ["12:00", "13:00", "14:00", "15:00"], [("fired", 1)] * 4),
    ],
)
def test_missed_times_follow_the_policy(
    hourly: Make, policy: Missed, limit: int, jobs: list[str], told: list[tuple[str, int]]
) -> None:
    schedule = hourly(missed=policy, missed_limit=limit)

    fire_due(now=oclock(15, 30))

    schedule.refresh_from_db()
    assert keys() == jobs
    assert outcomes(schedule) == told
    assert schedule.next_at == oclock(16)


def test_a_time_that_comes_a_little_late_is_not_missed(hourly: Make) -> None:
    schedule = hourly(missed=Missed.SKIP)

    fire_due(now=NOON + timedelta(seconds=59))

    assert outcomes(schedule) == [("fired", 1)]


@pytest.mark.parametrize(
    ("policy", "jobs", "told"),
    [
        (Overlap.ALLOW, ["12:00", "13:00"], ["fired", "fired"]),
        (Overlap.SKIP, ["12:00"], ["fired", "overlapped"]),
        (Overlap.WAIT, ["12:00"], ["fired"]),
        (Overlap.CANCEL, ["12:00", "13:00"], ["fired", "fired"]),
    ],
)
def test_an_overlap_follows_the_policy(hourly: Make, policy: Overlap, jobs: list[str], told: list[str]) -> None:
    schedule = hourly(overlap=policy)
    fire_due(now=NOON)

    fire_due(now=oclock(13))

    first = Job.objects.get(job_id__endswith="12:00:00.000Z")
    assert keys() == jobs
    assert [outcome for outcome, _ in outcomes(schedule)] == told
    assert (first.state == State.CANCELLED) == (policy == Overlap.CANCEL)


def test_an_overlap_that_waits_runs_the_latest_time_once_the_one_before_has_ended(hourly: Make) -> None:
    schedule = hourly(overlap=Overlap.WAIT)
    fire_due(now=NOON)
    for hour in (13, 14):
        fire_due(now=oclock(hour))

    idle = fire_due(now=oclock(14, 20))
    end(Job.objects.get().pk)
    fire_due(now=oclock(14, 20))

    schedule.refresh_from_db()
    assert idle == 0
    assert keys() == ["12:00", "14:00"]
    assert outcomes(schedule) == [("fired", 1), ("overlapped", 1), ("fired", 1)]
    assert schedule.waits_for is None


def test_an_overlap_is_none_once_the_job_before_has_ended(hourly: Make) -> None:
    hourly(overlap=Overlap.SKIP)
    fire_due(now=NOON)
    end(Job.objects.get().pk)

    fire_due(now=oclock(13))

    assert keys() == ["12:00", "13:00"]


def test_the_jitter_of_a_schedule_puts_each_run_off_within_its_bound(hourly: Make) -> None:
    bound = timedelta(minutes=10)
    for _ in range(20):
        hourly(jitter=bound)

    fire_due(now=NOON)

    waits = [job.run_at - job.created_at for job in Job.objects.all()]
    assert all(timedelta() <= wait <= bound for wait in waits)
    assert len(set(waits)) > 10


def test_a_schedule_that_cannot_fire_says_why_and_goes_on(hourly: Make) -> None:
    broken, bad, good = hourly(actor="gone"), hourly(payload={"unknown": 1}), hourly()

    fired = fire_due(now=NOON)

    broken.refresh_from_db()
    bad.refresh_from_db()
    assert fired == 3
    assert Job.objects.get().job_id.startswith(f"schedule-{good.pk}")
    assert "'gone'" in broken.problem
    assert "unknown" in bad.problem
    assert broken.next_at == bad.next_at == oclock(13)
    assert outcomes(broken) == [("broken", 1)]


def test_a_paused_schedule_and_one_that_has_ended_do_not_fire(hourly: Make) -> None:
    hourly(paused_at=NOON)
    last = hourly(ends_at=NOON)

    fire_due(now=oclock(13))
    last.refresh_from_db()

    assert keys() == ["12:00"]
    assert last.next_at is None


def test_the_history_of_a_schedule_is_bounded(hourly: Make) -> None:
    schedule = hourly(missed=Missed.ALL, missed_limit=KEPT_RUNS + 50, next_at=NOON - timedelta(days=10))

    fire_due(now=NOON)

    assert schedule.runs.filter(~Q(outcome="missed")).count() == KEPT_RUNS
    assert schedule.runs.order_by("due_at").last().due_at == NOON  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_the_caretaker_fires_schedules_by_the_databases_clock(hourly: Make) -> None:
    schedule: Any = hourly(missed=Missed.SKIP, next_at=None)
    duty = FireSchedules()
    duty(wrapper("default"))
    Schedule.objects.filter(pk=schedule.pk).update(next_at=NOON)

    duty(wrapper("default"))

    schedule.refresh_from_db()
    assert schedule.next_at > NOON
