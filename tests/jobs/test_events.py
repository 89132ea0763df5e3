"""Events of a queue: every kind, in order, resumable."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from jobs import enqueue, enqueue_many, get_queue_events, new_id
from jobs.dispatch.publish import publish
from jobs.errors import InvalidEventId
from jobs.events import Event, EventReader
from jobs.models import Job
from jobs.rows.claim import claim
from jobs.services.dispatching import dispatcher
from jobs.services.operate import cancel, retry
from jobs.services.reclaim import reclaim
from jobs.worker.lease import enter
from jobs.workers import start_workers, stop_workers
from tests.jobs.conftest import until
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)


def heard(events: Any, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the first `count` events."""
    got: list[Event] = []

    def enough() -> bool:
        got.extend(events.read(block_ms=100))
        return len(got) >= count

    until(enough, what=f"{count} events")
    return [(event.name, event.data) for event in got]


def test_a_job_s_events_tell_its_life_in_order(redis: Any) -> None:
    events = get_queue_events("calculation")
    job = enqueue(Misbehave(what="progress"), job_id="a")
    start_workers(["calculation"])
    job.wait_until_finished(60)
    stop_workers()

    assert heard(events, 4) == [
        ("waiting", {"jobId": "a"}),
        ("active", {"jobId": "a"}),
        ("progress", {"jobId": "a", "data": 33}),
        ("completed", {"jobId": "a", "returnvalue": {"attempt": 1}}),
    ]


def test_a_retried_job_s_events_tell_that_it_is_delayed(redis: Any) -> None:
    events = get_queue_events("calculation")
    job = enqueue(Misbehave(what="retry", times=1), job_id="a")
    start_workers(["calculation"])
    job.wait_until_finished(60)
    stop_workers()

    names = [name for name, _ in heard(events, 5)]

    assert names == ["waiting", "active", "delayed", "active", "completed"]


def test_an_event_tells_why_a_job_failed(redis: Any) -> None:
    events = get_queue_events("calculation")
    enqueue(Misbehave(what="fail"), job_id="a")
    start_workers(["calculation"])
    told = heard(events, 3)
    stop_workers()

    assert told[-1] == ("failed", {"jobId": "a", "failedReason": "hopeless"})


def test_events_tell_of_delayed_cancelled_and_retried_jobs(redis: Any) -> None:
    events = get_queue_events("calculation")

    job = enqueue(Misbehave(what="fail"), job_id="a", delay=60_000)
    cancel([job.id])
    retry([job.id])

    assert heard(events, 3) == [("delayed", {"jobId": "a"}), ("cancelled", {"jobId": "a"}), ("waiting", {"jobId": "a"})]


def test_an_event_tells_that_a_job_lost_its_worker(redis: Any) -> None:
    job, process = enqueue(Misbehave(what="fail"), job_id="a"), new_id()
    enter(process, supervisor=process, queues=["calculation"], threads=1)
    claim(connection, [job.id], process=process, lease_s=15)
    events = get_queue_events("calculation")

    reclaim(connection, process)

    assert heard(events, 2) == [("lost", {"jobId": "a"}), ("waiting", {"jobId": "a"})]


def test_enqueueing_publishes_no_event_while_nobody_listens(redis: Any) -> None:
    enqueue(Misbehave(what="fail"))

    assert redis.xlen(dispatcher().keys("calculation").events) == 0


def test_jobs_enqueued_together_make_one_entry_of_events(redis: Any) -> None:
    events = get_queue_events("calculation")

    enqueue_many([Misbehave(what="fail") for _ in range(100)])

    assert redis.xlen(dispatcher().keys("calculation").events) == 1
    assert len(heard(events, 100)) == 100


def test_events_are_resumed_in_the_middle_of_an_entry(redis: Any) -> None:
    first = get_queue_events("calculation")
    enqueue_many([Misbehave(what="fail", ledger=str(n)) for n in range(3)])
    seen = next(iter(first))
    enqueue(Misbehave(what="fail"))

    again = get_queue_events("calculation", last_event_id=seen.id)

    jobs = list(Job.objects.order_by("pk").values_list("job_id", flat=True))
    assert [data["jobId"] for _, data in heard(again, 3)] == jobs[1:]


def test_events_of_jobs_that_are_gone_do_not_stop_the_reader(redis: Any) -> None:
    events = get_queue_events("calculation")
    publish(dispatcher(), [(new_id(), "completed", "calculation")])
    assert events.read(block_ms=50) == []
    enqueue(Misbehave(what="fail"), job_id="a")

    assert heard(events, 1) == [("waiting", {"jobId": "a"})]


def test_a_reader_of_several_queues_goes_on_from_its_places(redis: Any) -> None:
    reader = EventReader(["calculation", "reports"])
    enqueue(Misbehave(what="fail"), job_id="a")
    heard(reader, 1)
    places = reader.places
    enqueue(Misbehave(what="fail"), job_id="b")

    again = EventReader(["calculation", "reports"], after=places)

    assert heard(again, 1) == [("waiting", {"jobId": "b"})]


@pytest.mark.parametrize("place", ["x", "1-2-3", "1-2:", "-1", "1-2:x", "1" * 30 + "-0"])
def test_what_is_no_event_s_id_is_refused(redis: Any, place: str) -> None:
    with pytest.raises(InvalidEventId):
        get_queue_events("calculation", last_event_id=place)
