"""Enqueueing: atomic with the caller's transaction, idempotent by job id, refused in words."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from jobs import enqueue, enqueue_many
from jobs.errors import InvalidJobId, InvalidOption, InvalidPayload, PayloadTooLarge
from jobs.models import Job
from jobs.services.dispatching import Outbox, dispatcher
from tests.probe.actors import Misbehave, Note, plain_add

pytestmark = pytest.mark.django_db(transaction=True)


def a_note(key: str = "k") -> Note:
    return Note(ledger="unused", key=key, tenant_id="acme")


def test_an_enqueued_job_is_a_row_and_an_entry(redis: object) -> None:
    job = enqueue(a_note(), priority=100)

    row = Job.objects.get(pk=job.id)
    assert (row.state, row.priority, row.tenant, row.attempts, row.max_attempts) == ("waiting", 100, "acme", 0, 3)
    assert row.job_id == job.id
    assert job.created
    assert dispatcher().stats(["calculation"])[0].waiting == 1


def test_a_delay_makes_a_delayed_job_due_later(redis: object) -> None:
    job = enqueue(a_note(), delay=timedelta(minutes=1))

    row = Job.objects.get(pk=job.id)
    assert row.state == "delayed"
    assert timedelta(seconds=59) < row.run_at - row.created_at < timedelta(seconds=61)
    assert dispatcher().stats(["calculation"])[0].delayed == 1


def test_nothing_is_sent_before_the_commit_and_nothing_after_a_rollback(redis: object) -> None:
    with transaction.atomic():
        enqueue(a_note())
        assert dispatcher().stats(["calculation"])[0].waiting == 0
        transaction.set_rollback(True)

    assert Job.objects.count() == 0
    assert dispatcher().stats(["calculation"])[0].waiting == 0


def test_a_rolled_back_savepoint_takes_only_its_own_jobs(redis: object) -> None:
    with transaction.atomic():
        kept = enqueue(a_note("kept"))
        with transaction.atomic():
            enqueue(a_note("gone"))
            transaction.set_rollback(True)
        also = enqueue(a_note("also"))

    assert {str(pk) for pk in Job.objects.values_list("pk", flat=True)} == {kept.id, also.id}
    assert dispatcher().stats(["calculation"])[0].waiting == 2


def test_the_jobs_of_one_transaction_leave_together(redis: object) -> None:
    with transaction.atomic():
        for number in range(5):
            enqueue(a_note(str(number)))

        outboxes = [hook[1] for hook in connection.run_on_commit if isinstance(hook[1], Outbox)]
        assert [len(outbox.entries) for outbox in outboxes] == [5]


def test_a_known_job_id_returns_the_job_that_is_there(redis: object) -> None:
    first = enqueue(a_note("first"), job_id="same")
    second = enqueue(a_note("second"), job_id="same")

    assert (first.created, second.created) == (True, False)
    assert second.id == first.id
    assert second.data["key"] == "first"
    assert Job.objects.count() == 1


def test_one_job_id_enqueued_by_many_threads_makes_one_job(redis: object) -> None:
    barrier, made = threading.Barrier(8), []

    def call() -> None:
        barrier.wait()
        made.append(enqueue(a_note(), job_id="contested"))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({job.id for job in made}) == 1
    assert sum(job.created for job in made) == 1


def test_many_are_enqueued_in_few_statements(redis: object, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        jobs = enqueue_many([a_note(str(n)) for n in range(1_500)])

    assert Job.objects.count() == 1_500
    assert all(job.created for job in jobs)
    assert dispatcher().stats(["calculation"])[0].waiting == 1_500


def test_redis_being_away_is_nothing_to_the_caller(settings: object, redis: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    dispatcher.cache_clear()

    try:
        job = enqueue(a_note())
    finally:
        dispatcher.cache_clear()

    assert Job.objects.get(pk=job.id).state == "waiting"


def test_a_plain_actor_is_tracked_just_the_same(redis: object) -> None:
    message = plain_add.send_with_options(args=(1, 2), delay=5_000, job_id="sum")

    row = Job.objects.get(pk=message.message_id)
    assert (row.queue, row.actor, row.job_id, row.state) == ("reports", "plain_add", "sum", "delayed")
    assert row.payload == {"args": [1, 2], "kwargs": {}}
    assert row.max_attempts == 1


@pytest.mark.parametrize("job_id", ["", "a/b", "x" * 201, "line\nbreak"])
def test_an_impossible_job_id_is_refused(job_id: str) -> None:
    with pytest.raises(InvalidJobId, match="printable"):
        enqueue(a_note(), job_id=job_id)


@pytest.mark.parametrize("options", [{"priority": 1_001}, {"priority": -1}, {"delay": -5}, {"attempts": 1_001}])
def test_an_option_out_of_range_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(InvalidOption, match="whole number"):
        enqueue(a_note(), **options)  # type: ignore[arg-type]


def test_every_fault_of_a_payload_is_named() -> None:
    with pytest.raises(InvalidPayload) as refused:
        Note.read({"key": 5, "extra": 1})

    assert [fault.split(":")[0] for fault in refused.value.faults] == ["ledger", "key", "extra"]


def test_a_payload_over_the_limit_names_the_remedy() -> None:
    with pytest.raises(PayloadTooLarge, match="row of your own"):
        enqueue(Misbehave(what="x" * 300_000))
