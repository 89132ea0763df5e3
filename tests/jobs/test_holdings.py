"""What a process holds, after answers that it never got."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from django.db import connection

from jobs import enqueue, new_id
from jobs.caretaker.settle import Settle
from jobs.dispatch.entries import Exchange
from jobs.rows.claim import claim
from jobs.services.dispatching import dispatcher
from jobs.worker.holdings import Holdings
from jobs.worker.lanes import Lanes
from jobs.worker.lease import enter
from jobs.worker.recorder import Acknowledgement, Recorder
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "calculation"


def holdings_of(process: str, news: list[Acknowledgement]) -> Holdings:
    """Return the holdings of a registered process, whose threads and recorder never run."""
    enter(process, supervisor=process, queues=[QUEUE], threads=4)
    Settle(on_settled=news.clear)(connection)  # an empty Redis gives nothing out before
    return Holdings(
        process,
        queues=[QUEUE],
        lease_s=15.0,
        dispatcher=dispatcher(),
        lanes=Lanes({QUEUE: 4}, threads=4, ahead_ms=0, ahead_max=0),
        recorder=Recorder(process, on_written=news.append),
        fenced=Event(),
        on_news=news.append,
    )


def taken(process: str) -> list[str]:
    """Return what an exchange gives a process."""
    return dispatcher().exchange(process, [Exchange(QUEUE, 4)])[0].ids


def test_a_job_whose_claim_got_no_answer_is_started_once_though_its_entry_is_taken_again(redis: Any) -> None:
    job, process, news = enqueue(Misbehave(what="fail")), new_id(), list[Acknowledgement]()
    holdings = holdings_of(process, news)
    holdings.take(QUEUE, taken(process))
    claim(connection, [job.id], process=process, lease_s=15.0)  # committed, and the answer is lost
    holdings.give_unclaimed_back()
    holdings.beat()

    again = taken(process)
    fresh = holdings.take(QUEUE, again)
    holdings.claim(fresh)

    assert again == [job.id]
    assert fresh == []
    assert holdings.lanes.waiting() == 1
    assert set(dispatcher().active(QUEUE)) == {job.id}
    assert news == []
