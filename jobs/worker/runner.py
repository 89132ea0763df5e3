"""Runs one job: Dramatiq's hooks around the actor, in Dramatiq's order; the outcome is a value."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import dramatiq
from django.db import Error
from dramatiq.broker import MessageProxy
from dramatiq.middleware import SkipMessage, TimeLimit

from jobs.claimed import Claimed
from jobs.current import CurrentJob, Reporter, set_current
from jobs.declare import FORMER, JobActor
from jobs.errors import facts
from jobs.outcome import Outcome, clean, encode_result
from jobs.services.limits import hold
from jobs.states import State
from jobs.verdict import CANCEL, FAIL, RELEASE, Verdict

logger = logging.getLogger("jobs.worker")

_AFTER: dict[str, tuple[State, str, bool]] = {
    "retry": (State.DELAYED, "retry", False),
    "snooze": (State.DELAYED, "snoozed", True),
    "release": (State.WAITING, "released", True),
    "cancel": (State.WAITING, "cancelled", True),
    "hold": (State.WAITING, "released", True),
    "fail": (State.FAILED, "failed", False),
}
"""Verdict → (state, outcome of the attempt, whether the attempt is given back)."""


class RunningMessage(MessageProxy):
    """The message that hooks see, with the verdict that Retries leaves on it."""

    def __init__(self, message: dramatiq.Message[Any]) -> None:
        super().__init__(message)
        self.verdict: Verdict | None = None
        # What hooks read a dozen times a job; else each goes through the proxy's __getattr__.
        self.actor_name, self.queue_name, self.message_id = message.actor_name, message.queue_name, message.message_id
        self.args, self.kwargs, self.options = message.args, message.kwargs, message.options
        self.message_timestamp = message.message_timestamp


class Runner:
    """Runs claimed jobs for one process, on any thread."""

    def __init__(
        self,
        broker: dramatiq.Broker,
        *,
        process: str,
        reporter: Reporter,
        cancelled: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.broker, self.process, self.reporter, self.cancelled = broker, process, reporter, cancelled

    def run(self, job: Claimed, *, renew: Callable[[], None] = lambda: None) -> Outcome:
        """Run a job to its outcome; raises nothing but what interrupts the thread between the hooks."""
        job = self._by_present_name(job)
        actor = self.broker.actors.get(job.actor)
        message = RunningMessage(job.message(typed=isinstance(actor, JobActor)))
        if actor is None:
            reason = f"No actor {job.actor!r} is declared in this worker. Deploy the code that has it, then retry."
            return self._not_runnable(job, message, "ActorNotFound", reason)
        if job.unreadable:
            reason = f"{job.unreadable}. The row keeps it: repair the row, then retry."
            return self._not_runnable(job, message, "InvalidPayload", reason)
        set_current(
            CurrentJob(
                _claimed=job,
                _process=self.process,
                _reporter=self.reporter,
                _renew=self._renewal(job, renew),
                _cancelled=lambda: self.cancelled(job.id),
            )
        )
        if told := logger.isEnabledFor(logging.INFO):
            logger.info("[%s Worker] Processing: %s", job.queue.title(), job.name, extra=_fields(job))
        started = time.monotonic()
        result, error, skipped = None, None, False
        try:
            self.broker.emit_before("process_message", message)
            if not message.failed:
                result = actor(*message.args, **message.kwargs)
            encoded = encode_result(result)
            self.broker.emit_after("process_message", message, result=result)
        except SkipMessage:
            skipped = True
            self.broker.emit_after("skip_message", message)
        except BaseException as exception:  # noqa: BLE001  (an actor may raise anything; SystemExit must not end the thread)
            error = exception
            message.stuff_exception(exception)
            self.broker.emit_after("process_message", message, exception=exception)
        finally:
            set_current(None)
        ended = time.monotonic()
        if error is not None:
            outcome = self._failed(job, message.verdict or FAIL, error, started, ended)
        elif skipped or message.failed:
            outcome = _skipped(job, failed=message.failed, started=started, ended=ended)
        else:
            if told:
                words = "[%s Worker] Completed: %s (%.1fs)"
                logger.info(words, job.queue.title(), job.name, ended - started, extra=_fields(job))
            outcome = _outcome(job, State.COMPLETED, started=started, ended=ended, result=encoded)
        self._acknowledge_hooks(message)
        message.clear_exception()
        return outcome

    def _by_present_name(self, job: Claimed) -> Claimed:
        """Return the job as one of the actor that has its actor's name now."""
        if job.actor in self.broker.actors or job.actor not in FORMER:
            return job
        return replace(job, actor=FORMER[job.actor])

    def _not_runnable(self, job: Claimed, message: RunningMessage, error_type: str, reason: str) -> Outcome:
        """Return a dead letter that keeps everything: no code here can run the job; only the nack hooks fire."""
        message.fail()
        self._acknowledge_hooks(message)
        logger.error("[Worker] Job failed: %s (%s)", job.name, reason, extra=_fields(job))
        now = time.monotonic()
        kept = {"error_type": error_type, "error": reason}
        return _outcome(job, State.FAILED, started=now, ended=now, attempt_outcome="failed", **kept)

    def _acknowledge_hooks(self, message: RunningMessage) -> None:
        """Fire Dramatiq's ack or nack hooks; ours is the recorder's acknowledgement, which follows the commit."""
        kind = "nack" if message.failed else "ack"
        self.broker.emit_before(kind, message)
        self.broker.emit_after(kind, message)

    def _failed(self, job: Claimed, verdict: Verdict, error: BaseException, started: float, ended: float) -> Outcome:
        state, attempt_outcome, refund = _AFTER[verdict.kind]
        if verdict.kind in ("retry", "fail"):
            words = "[Worker] Job failed: %s (attempt %d of %d: %s)"
            logger.warning(words, job.name, job.attempt, job.max_attempts, type(error).__name__, extra=_fields(job))
        if verdict.kind == "hold":
            _hold(job, verdict.delay_ms)
        known = {name: clean(text) for name, text in facts(error).items()}
        trace = "" if verdict in (RELEASE, CANCEL) else clean("".join(traceback.format_exception(error)))
        return _outcome(
            job,
            state,
            started=started,
            ended=ended,
            attempt_outcome=attempt_outcome,
            refund=refund,
            delay_ms=verdict.delay_ms,
            traceback=trace,
            **known,
        )

    def _renewal(self, job: Claimed, renew: Callable[[], None]) -> Callable[[], None]:
        """Return what `renew_time_limit` does: the soft limit starts anew, and the process's hard one with it."""

        def renewal() -> None:
            message = RunningMessage(job.message(typed=True))
            for middleware in self.broker.middleware:
                if isinstance(middleware, TimeLimit):
                    middleware.before_process_message(self.broker, message)  # type: ignore[no-untyped-call]
            renew()

        return renewal


def _outcome(job: Claimed, state: State, *, started: float, ended: float, **parts: Any) -> Outcome:
    return Outcome(
        id=job.id,
        queue=job.queue,
        priority=job.priority,
        actor=job.actor,
        group=job.group,
        in_flow=job.in_flow,
        waited_ms=job.waited_ms,
        generation=job.generation,
        attempt=job.attempt,
        state=state,
        started=started,
        ended=ended,
        **parts,
    )


def _skipped(job: Claimed, *, failed: bool, started: float, ended: float) -> Outcome:
    """Return the outcome of a message that a middleware skipped or failed before its actor ran."""
    state = State.FAILED if failed else State.CANCELLED
    words = {"error_type": "SkipMessage", "error": "A middleware kept this job from running."}
    return _outcome(job, state, started=started, ended=ended, attempt_outcome=str(state), **words)


def interrupted(job: Claimed, error: BaseException, *, started: float) -> Outcome:
    """Return the outcome of a run that an interrupt (a time limit) hit between its hooks."""
    again = job.attempt < job.max_attempts
    return _outcome(
        job,
        State.DELAYED if again else State.FAILED,
        started=started,
        ended=time.monotonic(),
        attempt_outcome="retry" if again else "failed",
        **{name: clean(text) for name, text in facts(error).items()},
    )


def _hold(job: Claimed, delay_ms: int) -> None:
    """Hold the job's queue, before its release lets anybody take it again; without a database only this job waits."""
    logger.warning(
        "[%s Worker] Held for %.1f s by %s", job.queue.title(), delay_ms / 1000, job.name, extra=_fields(job)
    )
    try:
        hold(job.queue, delay=delay_ms)
    except Error as error:
        logger.warning("Queue %s is not held (%s)", job.queue, error, extra=_fields(job))


def released(job: Claimed) -> Outcome:
    """Return the outcome of a job that was claimed and never started: back to waiting, the attempt given back."""
    return _outcome(job, State.WAITING, started=0.0, ended=0.0, refund=True)


def _fields(job: Claimed) -> dict[str, Any]:
    return {
        "queue": job.queue,
        "job": job.id,
        "job_id": job.job_id,
        "actor": job.actor,
        "attempt": job.attempt,
        "tenant": job.tenant,
    }
