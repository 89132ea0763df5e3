"""The life of a job, run on the test's own thread by jobs.testing: no server is asked."""

import pytest
from django.db import transaction

from jobs import JobHandle, enqueue
from jobs.models import Attempt, Job
from jobs.queue import get_all_queue_metrics, get_job_status, get_queue
from jobs.testing import assert_enqueued, assert_not_enqueued, committed, drain, inline
from tests.probe.actors import Misbehave, Note, plain_add, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]


def state_of(job: JobHandle) -> str:
    return job.refresh().state


def test_a_job_that_succeeds_is_completed_with_its_result(tmp_path: object) -> None:
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a"))

    drain()

    assert state_of(job) == "completed"
    assert job.returnvalue == {"key": "a"}
    assert [line["event"] for line in read(f"{tmp_path}/ledger")] == ["S", "F"]


def test_a_job_that_fails_waits_5_then_25_seconds_and_then_succeeds() -> None:
    job = enqueue(Misbehave(what="raise", times=2))

    waits = []
    for _ in range(2):
        drain()
        row = Job.objects.get(pk=job.id)
        attempt = row.attempt_log.last()
        assert attempt is not None
        waits.append(round((row.run_at - attempt.ended_at).total_seconds()))
        Job.objects.filter(pk=job.id).update(run_at=attempt.ended_at)
    drain()

    assert waits == [5, 25]
    assert state_of(job) == "completed"
    assert job.returnvalue == {"attempt": 3}


def test_a_job_out_of_attempts_becomes_a_dead_letter() -> None:
    job = enqueue(Misbehave(what="raise"), attempts=2)

    drain(delayed=True)

    assert state_of(job) == "failed"
    assert job.failed_reason == "as told"
    assert job.attempts_made == 2
    assert list(Attempt.objects.values_list("number", "outcome", "error_type")) == [
        (1, "retry", "ValueError"),
        (2, "failed", "ValueError"),
    ]
    assert "as told" in Attempt.objects.latest("id").traceback


def test_fail_is_a_dead_letter_at_once() -> None:
    job = enqueue(Misbehave(what="fail"), attempts=5)

    drain(delayed=True)

    assert state_of(job) == "failed"
    assert job.attempts_made == 1


def test_snooze_charges_no_attempt() -> None:
    job = enqueue(Misbehave(what="snooze"), attempts=1)

    drain()

    assert state_of(job) == "delayed"
    assert job.attempts_made == 0


def test_an_actor_that_exits_fails_its_job_and_nothing_else() -> None:
    job = enqueue(Misbehave(what="exit"), attempts=1)

    drain()

    assert state_of(job) == "failed"
    assert job.row.error_type == "SystemExit"


def test_higher_priority_runs_first_and_equals_in_their_order(tmp_path: object) -> None:
    for key, priority in (("a", 0), ("b", 0), ("c", 500), ("d", 1_000)):
        enqueue(Note(ledger=f"{tmp_path}/ledger", key=key), priority=priority)

    drain()

    assert [line["key"] for line in read(f"{tmp_path}/ledger") if line["event"] == "S"] == ["d", "c", "a", "b"]


def test_progress_and_lines_are_kept_with_the_job() -> None:
    job = enqueue(Misbehave(what="progress"))

    drain()

    assert job.refresh().progress == 33
    assert list(job.row.log_lines.values_list("line", flat=True)) == ["a line"]


def test_a_plain_actor_runs_with_its_arguments() -> None:
    message = plain_add.send(1, y=2)

    drain()

    assert Job.objects.get(pk=message.message_id).result == 3


def test_a_job_of_an_unknown_actor_is_a_dead_letter_that_keeps_its_payload() -> None:
    job = enqueue(Misbehave(what="raise"))
    Job.objects.update(actor="renamed-away")

    drain()

    assert state_of(job) == "failed"
    assert job.row.error_type == "ActorNotFound"
    assert job.data["what"] == "raise"


def test_a_payload_that_no_longer_fits_is_a_dead_letter_with_the_reason() -> None:
    job = enqueue(Misbehave(what="raise"))
    Job.objects.update(payload={"what": "raise", "unheardOf": 1})

    drain()

    assert state_of(job) == "failed"
    assert "unheardOf" in str(job.failed_reason)


def test_retry_brings_a_dead_letter_back_with_its_priority() -> None:
    job = enqueue(Misbehave(what="fail"), priority=7)
    drain()

    job.retry()

    assert (job.state, job.priority, job.attempts_made, job.failed_reason) == ("waiting", 7, 0, None)
    assert get_all_queue_metrics()["calculation"]["failed"] == 0


def test_all_dead_letters_of_a_queue_come_back() -> None:
    for _ in range(3):
        enqueue(Misbehave(what="fail"))
    drain()

    assert get_all_queue_metrics()["calculation"] == {
        "waiting": 0, "active": 0, "completed": 0, "failed": 3, "delayed": 0, "paused": 0,
    }  # fmt: skip
    assert len(get_queue("calculation").get_failed()) == 3
    assert get_queue("calculation").retry_failed() == 3
    assert get_all_queue_metrics()["calculation"]["waiting"] == 3


def test_clean_deletes_what_is_old_enough_and_counts_it() -> None:
    enqueue(Misbehave(what="progress"))
    drain()

    assert get_queue("calculation").clean(60_000, 10, "completed") == 0
    assert get_queue("calculation").clean(0, 10, "completed") == 1
    assert Job.objects.count() == 0
    assert get_all_queue_metrics()["calculation"]["completed"] == 0


def test_status_speaks_of_a_job_by_job_id_and_not_of_a_stranger() -> None:
    enqueue(Misbehave(what="progress"), job_id="mine")
    drain()

    assert get_job_status("calculation", "mine") == {
        "state": "completed", "progress": 33, "result": {"attempt": 1}, "error": None,
    }  # fmt: skip
    assert get_job_status("calculation", "nobody's") is None


def test_inline_runs_at_the_commit() -> None:
    with inline():
        job = enqueue(Misbehave(what="progress"))

        # a TestCase's own transaction never commits: nothing has run yet
        assert state_of(job) == "waiting"


def test_inside_a_testcase_a_block_can_stand_for_a_commit() -> None:
    with inline(), committed():
        job = enqueue(Misbehave(what="progress"))

    assert state_of(job) == "completed"


@pytest.mark.django_db(transaction=True)
def test_inline_runs_what_a_committed_transaction_has_enqueued() -> None:
    with inline(), transaction.atomic():
        job = enqueue(Misbehave(what="progress"))

    assert state_of(job) == "completed"


def test_a_test_can_look_for_what_was_enqueued() -> None:
    enqueue(Misbehave(what="raise", times=4))

    assert assert_enqueued(Misbehave, times=4).data["what"] == "raise"
    assert_not_enqueued(Misbehave, times=5)
    with pytest.raises(AssertionError, match="There are: probe-misbehave"):
        assert_enqueued(Note)
