"""Retention: by age and by count, queue by queue, in bounded steps that get past what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from jobs import AuditLog, get_queue
from jobs.caretaker.retention import Retention
from jobs.conf import read
from jobs.errors import InvalidOption, InvalidSettings
from jobs.job_filter import JobFilter
from jobs.models import Attempt, Job, JobLog, Operation, OperationRow
from jobs.rows.count import add_counts
from jobs.services.operations import finish, start
from jobs.services.retention import delete_seen, sweep, trim
from jobs.states import State
from tests.jobs.rows import a_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]


def ended(days: float, state: str = State.COMPLETED, **fields: Any) -> Job:
    """Insert a job that ended that long ago, and count it."""
    job = a_job(state, finished_at=timezone.now() - timedelta(days=days), **fields)
    add_counts(connection, [(job.queue, job.state)])
    return job


def kept() -> set[Any]:
    return set(Job.objects.values_list("pk", flat=True))


def test_retention_is_seven_days_for_completed_and_thirty_for_failed_and_cancelled_jobs() -> None:
    stay = [ended(6), ended(29, State.FAILED), ended(29, State.CANCELLED), a_job()]
    old = [ended(8), ended(31, State.FAILED), ended(31, State.CANCELLED)]
    for job in (stay[0], old[0]):
        Attempt.objects.create(job=job, number=1, generation=1, outcome="retry")
        JobLog.objects.create(job=job, attempt=1, line="a line")

    Retention()(connection)

    assert kept() == {job.pk for job in stay}
    assert Attempt.objects.get().job_id == JobLog.objects.get().job_id == stay[0].pk
    assert get_queue("calculation").counts()["completed"] == 1


def test_retention_by_age_of_one_queue_leaves_the_others_alone() -> None:
    get_queue("reports").set_retention(completed_days=365)
    get_queue("webhooks").set_retention(completed_days=1, failed_days=0)
    long_kept, plain, short = ended(300, queue="reports"), ended(6), ended(0.5, queue="webhooks")
    for days, queue, state in (
        (366, "reports", "completed"),
        (2, "webhooks", "completed"),
        (0.1, "webhooks", "failed"),
    ):
        ended(days, state, queue=queue)

    Retention()(connection)

    assert kept() == {long_kept.pk, plain.pk, short.pk}


def test_retention_by_count_keeps_the_newest_of_each_state() -> None:
    get_queue("reports").set_retention(completed=2, failed=1)
    jobs = [ended(n / 10, queue="reports") for n in range(1, 6)]
    failed = [ended(n / 10, State.FAILED, queue="reports") for n in range(1, 3)]
    others = [ended(1) for _ in range(4)]

    Retention()(connection)

    assert kept() == {job.pk for job in (*jobs[:2], failed[0], *others)}
    assert get_queue("reports").counts()["completed"] == 2


def test_retention_of_settings_is_overridden_by_an_operator_and_comes_back() -> None:
    queues = {**settings.JOBS["QUEUES"], "reports": {"keep": {"completed_days": 2, "failed": 5}}}
    with override_settings(JOBS={**settings.JOBS, "QUEUES": queues, "KEEP_FAILED_DAYS": 9}):
        queue = get_queue("reports")
        queue.set_retention(completed_days=3, completed=7)
        given = queue.retention
        queue.set_retention()
        by_settings = queue.retention

    assert (given.completed_days, given.failed_days, given.completed, given.failed) == (3, 9, 7, 5)
    assert (by_settings.completed_days, by_settings.failed_days, by_settings.completed) == (2, 9, None)
    changes: Any = AuditLog.objects.filter(action="RETENTION").latest("created_at").changes
    assert (changes["before"]["keep_completed"], changes["after"]["keep_completed"]) == (7, None)


@pytest.mark.parametrize("keep", [{"completed_days": -1}, {"completed": 1.5}, {"failed": True}, {"sometimes": 1}])
def test_retention_that_is_no_number_is_refused_with_its_name(keep: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings, match=f"reports.*{next(iter(keep))}"):
        read({"QUEUES": {"reports": {"keep": keep}}})
    if "sometimes" not in keep:
        with pytest.raises(InvalidOption):
            get_queue("reports").set_retention(**keep)


def test_retention_in_bounded_steps_gets_past_jobs_that_stay() -> None:
    get_queue("reports").set_retention(completed_days=365)
    stay = [ended(300, queue="reports") for _ in range(5)]
    for _ in range(3):
        ended(8)
    place, gone, looks = None, 0, 0

    while looks == 0 or place:
        deleted, place = sweep(after=place, limit=2)
        gone, looks = gone + deleted, looks + 1

    assert (gone, looks) == (3, 5)
    assert kept() == {job.pk for job in stay}


def test_retention_by_count_is_bounded_and_comes_to_its_end() -> None:
    get_queue("reports").set_retention(completed=1)
    newest, *_ = [ended(n, queue="reports") for n in range(1, 6)]

    assert [trim(limit=3), trim(limit=3), trim(limit=3)] == [3, 1, 0]

    assert kept() == {newest.pk}


def test_retention_spares_a_job_that_was_retried_and_has_ended_again_since_the_look() -> None:
    job = ended(8)
    seen = [(job.pk, job.queue, job.state, job.finished_at)]
    Job.objects.update(finished_at=timezone.now())

    assert delete_seen(seen, using="default") == 0
    assert kept() == {job.pk}


def test_old_operations_go_with_their_rows_and_running_ones_stay() -> None:
    for _ in range(3):
        a_job(State.FAILED)
    old, young, running = (start(action="retry", wanted=JobFilter(states=("failed",))) for _ in range(3))
    for operation, days in ((old, 31), (young, 29)):
        finish(operation)
        Operation.objects.filter(pk=operation.pk).update(finished_at=timezone.now() - timedelta(days=days))

    Retention()(connection)

    assert set(Operation.objects.values_list("pk", flat=True)) == {young.pk, running.pk}
    assert not OperationRow.objects.filter(operation=old.pk).exists()
    assert OperationRow.objects.filter(operation=young.pk).count() == 3
    assert AuditLog.objects.filter(entity_type="OPERATION", entity_id=str(old.pk)).exists()
