"""Dead letters in groups, and how a group is retried in stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import enqueue_many
from jobs.errors import InvalidOption
from jobs.models import Job
from jobs.services.dead_letters import Group, groups
from jobs.services.mend import retried, retry_stage, share
from jobs.services.operation_step import take_step
from jobs.states import State
from tests.jobs.rows import a_job
from tests.probe.actors import Misbehave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]


def fail(count: int, *, fingerprint: str = "aa", **fields: Any) -> None:
    for _ in range(count):
        a_job(State.FAILED, error_type="KeyError", error="'currency'", fingerprint=fingerprint, **fields)


def the_group(**narrowed: str) -> Group:
    (group,) = groups(now=timezone.now(), **narrowed)
    return group


def test_dead_letters_of_real_runs_are_grouped_by_fingerprint(jobs_drain: Callable[..., Any]) -> None:
    enqueue_many([Misbehave(what="fail", times=9) for _ in range(3)])
    Job.objects.update(max_attempts=1)

    jobs_drain()

    group = the_group()
    assert (group.count, len(group.fingerprint), group.queue) == (3, 16, "calculation")


def test_dead_letter_groups_count_tenants_and_hours_the_largest_first() -> None:
    now = timezone.now()
    fail(2, tenant="acme")
    fail(1, tenant="cumulus", finished_at=now - timedelta(hours=2))
    fail(1, fingerprint="bb")
    a_job(State.COMPLETED)

    large, small = groups(now=now)

    assert (large.count, small.count) == (3, 1)
    assert large.tenants == {"acme": 2, "cumulus": 1}
    assert (large.trend[-1], large.trend[-3], sum(large.trend)) == (2, 1, 3)
    assert large.last_at - large.first_at >= timedelta(hours=1, minutes=59)
    assert large.error == "'currency'"
    assert the_group(tenant="cumulus").count == 1


def test_a_canary_then_a_tenth_then_all() -> None:
    fail(25)
    group = the_group()

    assert [share(group, stage) for stage in ("canary", "tenth", "all")] == [1, 3, 25]
    with pytest.raises(InvalidOption):
        share(group, "half")


def test_a_canary_that_completes_is_good_and_one_that_fails_again_is_bad() -> None:
    fail(3)
    group = the_group()
    operation = retry_stage(group, stage="canary", reason="the vendor is back")
    take_step(operation.pk)

    assert [stage.verdict for stage in retried(group.wanted)] == ["running"]

    for state, verdict in ((State.COMPLETED, "good"), (State.FAILED, "bad")):
        Job.objects.filter(state__in=["waiting", "completed"]).update(state=state, finished_at=timezone.now())
        assert [stage.verdict for stage in retried(group.wanted)] == [verdict]


def test_a_retry_stops_by_itself_when_failures_pass_the_threshold() -> None:
    fail(30)
    operation = retry_stage(the_group(), stage="all", stop_above=0.2)
    take_step(operation.pk, at_most=10)
    done = list(Job.objects.filter(state=State.WAITING).values_list("pk", flat=True))
    Job.objects.filter(pk__in=done[:2]).update(state=State.FAILED, finished_at=timezone.now())
    Job.objects.filter(pk__in=done[2:]).update(state=State.COMPLETED, finished_at=timezone.now())

    assert take_step(operation.pk, at_most=10) == 10, "two of ten are not above a fifth"

    Job.objects.filter(pk=done[2]).update(state=State.FAILED)
    assert take_step(operation.pk, at_most=10) == 0
    operation.refresh_from_db()
    assert (operation.state, operation.done) == ("stopped", 20)
    assert operation.stopped_because == "3 of the 10 jobs that have ended failed again"


def test_a_threshold_belongs_to_a_retry() -> None:
    fail(1)

    with pytest.raises(InvalidOption):
        retry_stage(the_group(), stage="all", stop_above=1.5)
