"""The job that the calling code runs in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS

from jobs.claimed import Claimed
from jobs.conf import jobs_settings
from jobs.endings import Cancelled
from jobs.errors import FenceLost, NoCurrentJob, NotInTransaction
from jobs.outcome import clean, encode_progress, encode_result
from jobs.rows.complete import complete
from jobs.rows.dialect import bound_transaction, wrapper
from jobs.services.children import Child, children
from jobs.services.dispatching import send_on_commit
from jobs.services.follow import follow
from jobs.states import State

MAX_LINE = 4_000


class Reporter(Protocol):
    """Takes what a running job reports; the recorder of the worker process, or a test's."""

    def report_progress(self, job: Claimed, progress: str) -> None:
        """Keep a progress (JSON text) for the next flush."""

    def report_line(self, job: Claimed, line: str) -> None:
        """Keep a log line for the next flush."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentJob:
    """What an actor may know and say about the job it runs."""

    _claimed: Claimed
    _process: str
    _reporter: Reporter
    _renew: Callable[[], None]
    _lines: Iterator[int] = field(default_factory=lambda: count(1))
    _cancelled: Callable[[], bool]

    @property
    def id(self) -> str:
        """The job's UUID as text."""
        return self._claimed.id

    @property
    def job_id(self) -> str:
        """The caller's idempotency key."""
        return self._claimed.job_id

    @property
    def queue(self) -> str:
        """The queue's name."""
        return self._claimed.queue

    @property
    def tenant(self) -> str:
        """The tenant's key, empty for none."""
        return self._claimed.tenant

    @property
    def attempt(self) -> int:
        """The number of this run, from 1."""
        return self._claimed.attempt

    @property
    def attempts_made(self) -> int:
        """The number of charged runs before this one."""
        return self._claimed.attempt - 1

    @property
    def max_attempts(self) -> int:
        """After this many charged runs a failure is a dead letter."""
        return self._claimed.max_attempts

    @property
    def cancel_requested(self) -> bool:
        """Whether somebody wants this job cancelled; asks neither Redis nor the database."""
        return self._cancelled()

    def stop_if_cancelled(self) -> None:
        """End the run here if somebody wants the job cancelled; raises Cancelled, which the actor lets pass."""
        if self._cancelled():
            raise Cancelled

    def update_progress(self, progress: float | Mapping[str, Any]) -> None:
        """Report progress, a number (percent) or an object; written with the next flush, the latest wins."""
        self._reporter.report_progress(self._claimed, encode_progress(progress))

    def log(self, line: str) -> None:
        """Keep a line with the job, for people; a run keeps the first `JOBS["MAX_LOG_LINES"]`."""
        number, most = next(self._lines), jobs_settings().max_log_lines
        if number <= most:
            self._reporter.report_line(self._claimed, clean(line, MAX_LINE))
        elif number == most + 1:
            self._reporter.report_line(self._claimed, f"… a run keeps {most} lines; what follows is not kept")

    def children(self) -> list[Child]:
        """Return the jobs that this one has waited for, with their results, in the order given; one query."""
        return children(self._claimed.id)

    def renew_time_limit(self) -> None:
        """Start the time limit anew: the job is long, and gets on."""
        self._renew()

    def complete(self, result: Any = None, *, using: str = DEFAULT_DB_ALIAS) -> None:
        """Complete the job together with its effects: exactly once, if called in the `atomic` block that holds them.

        Raises NotInTransaction outside one, FenceLost if this run has lost the job: the effects then roll back.
        """
        connection = wrapper(using)
        if not connection.in_atomic_block:
            raise NotInTransaction
        job = self._claimed
        # A process that is stopped between here and its commit must not hold the row for ever.
        bound_transaction(connection, seconds=jobs_settings().lease_s / 2, statements=False)
        in_flow = complete(
            connection,
            id_=job.id,
            queue=job.queue,
            generation=job.generation,
            process=self._process,
            result=encode_result(result),
        )
        if in_flow is None:
            raise FenceLost(job.job_id, job.generation)
        if in_flow:
            send_on_commit(connection, follow(connection, {job.id: State.COMPLETED}).entries)


_current: ContextVar[CurrentJob | None] = ContextVar("jobs_current", default=None)


def current_job() -> CurrentJob:
    """Return the job that the calling code runs in; raises NoCurrentJob outside one."""
    job = _current.get()
    if job is None:
        raise NoCurrentJob
    return job


def job_here() -> CurrentJob | None:
    """Return the job that the calling code runs in, None outside one."""
    return _current.get()


def set_current(job: CurrentJob | None) -> None:
    """Say which job this thread runs; the runner's."""
    _current.set(job)
