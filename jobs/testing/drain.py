"""Runs jobs on the calling thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dramatiq
from django.db import DEFAULT_DB_ALIAS
from django.db.models.functions import Now
from django.test import TestCase

from jobs.claimed import Claimed
from jobs.handle import JobHandle
from jobs.ids import new_id
from jobs.models import Job, QueueConfig
from jobs.rows.claim import claim
from jobs.rows.dialect import wrapper
from jobs.rows.process import fence
from jobs.services import dispatching
from jobs.services.record import Flush, record
from jobs.states import STARTABLE, State
from jobs.testing.loop import event_loop
from jobs.worker.lease import enter
from jobs.worker.runner import Runner

LEASE_S = 3_600.0


class _Reports:
    """Keeps what one run reports until its outcome is recorded."""

    def __init__(self) -> None:
        self.flush = Flush()

    def report_progress(self, job: Claimed, progress: str) -> None:
        """Keep the latest progress."""
        self.flush.progress[:] = [(job.id, job.generation, progress)]

    def report_line(self, job: Claimed, line: str) -> None:
        """Keep a line."""
        self.flush.lines.append((job.id, job.attempt, line))


def drain(*, queue: str | None = None, delayed: bool = False, limit: int = 1_000) -> list[JobHandle]:
    """Run jobs until none is due, in the order of a worker; return one handle a run.

    `delayed` also runs what is not due yet (retries with their backoff among it), as if its time had come.
    Stops after `limit` runs: a job that retries for ever would never end.
    """
    process = new_id()
    enter(process, supervisor=process, queues=[], threads=1)
    broker = dramatiq.get_broker()
    reports = _Reports()
    runner = Runner(broker, process=process, reporter=reports)
    runs: list[JobHandle] = []
    with ExitStack() as at_the_end:
        at_the_end.callback(fence, wrapper(DEFAULT_DB_ALIAS), process)
        at_the_end.enter_context(event_loop(broker))
        while len(runs) < limit and (job := _next(queue, delayed=delayed, process=process)) is not None:
            outcome = runner.run(job)
            reports.flush.outcomes.append(outcome)
            record(wrapper(DEFAULT_DB_ALIAS), reports.flush, process=process)
            reports.flush = Flush()
            runs.append(JobHandle(job.id, created=False))
    return runs


def _next(queue: str | None, *, delayed: bool, process: str) -> Claimed | None:
    """Claim the job that a worker would take first."""
    held = QueueConfig.objects.filter(held_until__gt=Now()).values("queue")
    rows = Job.objects.filter(state__in=STARTABLE, finished_at=None).exclude(queue__in=held)
    if queue is not None:
        rows = rows.filter(queue=queue)
    if delayed:
        rows.filter(state=State.DELAYED, run_at__gt=Now()).update(run_at=Now())
    due = rows.filter(run_at__lte=Now()).order_by("-priority", "id").values_list("pk", flat=True).first()
    if due is None:
        return None
    claimed = claim(wrapper(DEFAULT_DB_ALIAS), [str(due)], process=process, lease_s=1.0)
    return claimed[0] if claimed else None


@contextmanager
def inline(*, delayed: bool = False) -> Iterator[None]:
    """Run jobs at once, whenever a transaction commits (outside one: at the enqueue), on the committing thread."""
    before = dispatching.send
    running = False

    def run(*_: object, **__: object) -> bool:
        nonlocal running
        if not running:  # a job that enqueues is drained by the loop that runs it
            running = True
            try:
                drain(delayed=delayed)
            finally:
                running = False
        return True

    dispatching.send = run
    try:
        yield
    finally:
        dispatching.send = before


@contextmanager
def committed(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Treat the block as committed at its end, inside a TestCase whose own transaction never commits."""
    with TestCase.captureOnCommitCallbacks(using=using, execute=True):
        yield
