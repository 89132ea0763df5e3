"""Sends Django's signals of what has been committed, on a thread of its own, so that receivers hold nothing up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Any

from django.db import close_old_connections, connections
from django.dispatch import Signal

from jobs.handle import JobHandle
from jobs.outcome import Outcome
from jobs.signals import job_cancelled, job_completed, job_failed, job_retried
from jobs.states import State

logger = logging.getLogger("jobs.signals")
Written = Sequence[tuple[Outcome, State]]
_BY_STATE = {State.COMPLETED: job_completed, State.FAILED: job_failed, State.CANCELLED: job_cancelled}


class Signaller(Thread):
    """Starts with the first outcome that a receiver wants. `add` is called by one thread only."""

    def __init__(self) -> None:
        super().__init__(name="signals", daemon=True)
        self._written: SimpleQueue[Written | None] = SimpleQueue()

    def add(self, written: Written) -> None:
        """Send the signals of outcomes, soon; nothing is kept while nobody receives."""
        if not written or not any(s.has_listeners() for s in (*_BY_STATE.values(), job_retried)):
            return
        self._written.put(written)
        if self.ident is None:
            self.start()

    def close(self, timeout_s: float) -> None:
        """Send what is there, then end; waits at most `timeout_s`."""
        if self.ident is not None:
            self._written.put(None)
            self.join(timeout_s)

    def run(self) -> None:
        """Send until closed."""
        while (written := self._written.get()) is not None:
            for outcome, state in written:
                _send(outcome, state)
            close_old_connections()
        connections.close_all()


def _send(outcome: Outcome, state: State) -> None:
    retried = state == State.DELAYED and outcome.attempt_outcome == "retry"
    signal: Signal | None = job_retried if retried else _BY_STATE.get(state)
    if signal is None:
        return
    facts: dict[str, Any] = {"queue": outcome.queue, "actor": outcome.actor}
    if retried or state == State.FAILED:
        facts["error"] = outcome.error
    if retried:
        facts["delay_ms"] = outcome.delay_ms
    for receiver, error in signal.send_robust(outcome.actor, job=JobHandle(outcome.id, created=False), **facts):
        if isinstance(error, Exception):
            logger.error("The receiver %r of a signal failed", receiver, exc_info=error)
