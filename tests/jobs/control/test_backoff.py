"""What follows a failed run: how long it waits, what spends no attempt, and who hears of the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import dramatiq
import pytest

from jobs import Payload, Snooze, actor, current_job, enqueue
from jobs.backoff import backoff_ms
from jobs.conf import jobs_settings
from jobs.models import Attempt, Job
from jobs.testing import drain
from tests.jobs.test_suspects import lose
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)


class Doomed(Payload):
    """Fails."""

    why: str = "doomed"


def _fail(payload: Doomed) -> None:
    raise ValueError(payload.why)


@pytest.fixture
def failing(jobs_without_redis: None) -> Iterator[Callable[..., Any]]:
    """Hand out a function that declares an actor that always fails, and enqueues it."""
    broker = dramatiq.get_broker()

    def start(*, attempts: int = 5, **options: Any) -> Any:
        broker.actors.pop("doomed", None)
        actor(queue_name="calculation", actor_name="doomed", **options)(_fail)
        return enqueue(Doomed(), attempts=attempts)

    yield start
    broker.actors.pop("doomed", None)


def waits(job: Any, runs: int) -> list[int]:
    """Return the waits after each of the first runs, in whole seconds."""
    found = []
    for _ in range(runs):
        drain()
        row = Job.objects.get(pk=job.id)
        attempt = Attempt.objects.filter(job_id=job.id).latest("generation")
        found.append(round((row.run_at - attempt.ended_at).total_seconds()))
        job.promote()
    return found


def test_the_backoff_grows_fivefold_by_default(failing: Callable[..., Any]) -> None:
    assert waits(failing(), 3) == [5, 25, 125]


def test_a_fixed_backoff_stays_the_same(failing: Callable[..., Any]) -> None:
    assert waits(failing(backoff="fixed", min_backoff=7_000), 3) == [7, 7, 7]


def test_a_capped_backoff_grows_no_further(failing: Callable[..., Any]) -> None:
    assert waits(failing(max_backoff=30_000), 4) == [5, 25, 30, 30]


def test_a_function_of_attempt_and_error_says_the_backoff(failing: Callable[..., Any]) -> None:
    def by_error(attempt: int, error: BaseException) -> timedelta:
        assert str(error) == "doomed"
        return timedelta(minutes=attempt)

    assert waits(failing(backoff=by_error), 3) == [60, 120, 180]


def test_a_function_may_answer_in_milliseconds_and_is_capped(failing: Callable[..., Any]) -> None:
    assert waits(failing(backoff=lambda attempt, error: 1_000 * 50**attempt, max_backoff=90_000), 2) == [50, 90]


def test_jitter_spreads_the_backoff_downwards_only() -> None:
    policy = replace(jobs_settings(), backoff_jitter=0.5)

    found = {backoff_ms(1, policy=policy) for _ in range(300)}

    assert min(found) >= 2_500
    assert max(found) <= 5_000
    assert len(found) > 50


def test_an_actor_has_its_own_jitter(failing: Callable[..., Any]) -> None:
    job = failing(jitter=1.0, min_backoff=3_600_000, backoff="fixed", attempts=9)

    assert len(set(waits(job, 6))) > 1


def test_a_snooze_charges_no_attempt(jobs_without_redis: None) -> None:
    job = enqueue(Misbehave(what="snooze"), attempts=1)

    for _ in range(3):
        drain()
        Job.objects.filter(pk=job.id).update(run_at=job.row.created_at)

    assert (job.refresh().state, job.attempts_made) == ("delayed", 0)
    assert {outcome for (outcome,) in Attempt.objects.values_list("outcome")} == {"snoozed"}


def test_a_snooze_is_as_long_as_it_says() -> None:
    assert Snooze(timedelta(minutes=2)).delay_ms == 120_000
    assert Snooze(250).delay_ms == 250


def test_a_retry_with_a_delay_of_its_own_spends_an_attempt(jobs_without_redis: None) -> None:
    job = enqueue(Misbehave(what="retry"), attempts=2)

    runs = drain(delayed=True)

    assert len(runs) == 2
    assert (job.refresh().state, job.attempts_made) == ("failed", 2)


def test_a_fail_ends_at_once_whatever_attempts_are_left(jobs_without_redis: None) -> None:
    job = enqueue(Misbehave(what="fail"), attempts=9)

    drain()

    assert (job.refresh().state, job.attempts_made) == ("failed", 1)


@pytest.fixture
def told() -> Iterator[list[tuple[str, int, str]]]:
    """Collect what the actor `hear` is told: whose dead letter, after how many retries, on which queue."""
    broker, told = dramatiq.get_broker(), []

    def hear(message: dict[str, Any], counts: dict[str, int]) -> None:
        told.append((message["actor_name"], counts["retries"], current_job().queue))

    dramatiq.actor(actor_name="hear", queue_name="reports")(hear)
    yield told
    broker.actors.pop("hear")


def test_exhausted_retries_are_told_to_the_actor_that_wants_to_know(
    failing: Callable[..., Any], told: list[Any]
) -> None:
    job = failing(attempts=2, on_retry_exhausted="hear")

    drain(delayed=True)

    assert told == [("doomed", 1, "reports")]
    assert job.refresh().state == "failed"


def test_retries_exhausted_by_a_fail_are_told_too(jobs_without_redis: None, told: list[Any]) -> None:
    job = enqueue(Misbehave(what="fail"), attempts=9)
    Job.objects.update(options={"on_retry_exhausted": "hear"})

    drain()

    assert told == [("probe-misbehave", 0, "reports")]
    assert job.refresh().state == "failed"


def test_retries_exhausted_by_lost_workers_are_told_with_the_commit_that_fails_the_job(
    jobs_without_redis: None, told: list[Any]
) -> None:
    job = enqueue(Misbehave(what="die"))
    Job.objects.update(options={"on_retry_exhausted": "hear"})

    for _ in range(4):
        lose(job, died=True)
    drain()

    assert job.refresh().failed_reason == "worker lost 4 times"
    assert told == [("probe-misbehave", 3, "reports")]


def test_an_actor_that_cannot_be_told_keeps_no_lost_job_back(jobs_without_redis: None) -> None:
    job = enqueue(Misbehave(what="die"))
    Job.objects.update(options={"on_retry_exhausted": "nobody"})

    for _ in range(4):
        lose(job, died=True)

    assert job.refresh().state == "failed"
