"""Django's signals of jobs, sent in the worker process after the commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.dispatch import Signal

from jobs import enqueue, signals
from tests.jobs.conftest import until
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)
Heard = list[tuple[str, str, str, dict[str, Any]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Hand out what every signal tells, with the job's state as its receiver read it."""
    told: Heard = []
    named = {name: getattr(signals, name) for name in ("job_completed", "job_failed", "job_retried", "job_cancelled")}

    def listen(signal: Signal, name: str) -> Any:
        def hear(sender: str, job: Any, queue: str, actor: str, signal: Signal, **facts: Any) -> None:
            assert sender == actor
            told.append((name, job.job_id, str(job.state), facts))
            assert threading.current_thread().name == "signals"

        signal.connect(hear)
        return hear

    receivers = [(signal, listen(signal, name)) for name, signal in named.items()]
    yield told
    for signal, receiver in receivers:
        signal.disconnect(receiver)


def test_a_completed_job_is_signalled_once_its_row_says_so(heard: Heard, workers: None) -> None:
    enqueue(Misbehave(what="retry", times=0), job_id="a").wait_until_finished(60)

    until(lambda: heard)

    assert heard == [("job_completed", "a", "completed", {})]


def test_a_failed_job_is_signalled_with_its_reason(heard: Heard, workers: None) -> None:
    enqueue(Misbehave(what="fail"), job_id="a")

    until(lambda: heard)

    assert heard == [("job_failed", "a", "failed", {"error": "hopeless"})]


def test_a_retry_is_signalled_with_its_delay(heard: Heard, workers: None) -> None:
    enqueue(Misbehave(what="retry", times=1), job_id="a").wait_until_finished(60)

    until(lambda: len(heard) == 2)

    assert [name for name, *_ in heard] == ["job_retried", "job_completed"]
    assert heard[0][3]["delay_ms"] >= 0
    assert heard[0][3]["error"]


def test_a_receiver_that_fails_holds_nothing_up(heard: Heard, workers: None, caplog: pytest.LogCaptureFixture) -> None:
    def fails(**_: Any) -> None:
        raise ValueError("no")

    signals.job_completed.connect(fails)
    try:
        enqueue(Misbehave(what="retry", times=0), job_id="a").wait_until_finished(60)
        enqueue(Misbehave(what="retry", times=0), job_id="b").wait_until_finished(60)
        until(lambda: len(heard) == 2)
    finally:
        signals.job_completed.disconnect(fails)

    assert "of a signal failed" in caplog.text
