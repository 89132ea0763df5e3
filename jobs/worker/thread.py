"""A worker thread: takes jobs from the lanes, runs them, leaves their outcomes with the recorder."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, Error
from dramatiq.middleware import Interrupt, raise_thread_exception
from dramatiq.middleware.shutdown import Shutdown

from jobs.claimed import Claimed, awake_clock
from jobs.rows.claim import mine
from jobs.rows.dialect import wrapper
from jobs.rows.process import is_alive
from jobs.worker.runner import interrupted, released

if TYPE_CHECKING:
    from jobs.worker.worker import Worker

logger = logging.getLogger("jobs.worker")


class WorkerThread(threading.Thread):
    """Runs jobs one after another. `dramatiq_thread` hooks fire on it, as Dramatiq's do."""

    def __init__(self, worker: Worker, slot: int) -> None:
        super().__init__(name=f"worker-{slot}", daemon=True)
        self.worker, self.slot = worker, slot
        self.job: Claimed | None = None
        self._leaving = threading.Lock()

    def run(self) -> None:
        """Work until the lanes are closed and empty."""
        worker = self.worker
        worker.broker.emit_after("worker_thread_boot", self)
        while not worker.finished.is_set():
            job = worker.lanes.next(1.0)
            if job is not None:
                self._work(job)
        worker.broker.emit_before("worker_thread_shutdown", self)

    def interrupt(self, error: type[Interrupt] = Shutdown, *, job: str | None = None) -> None:
        """Raise an interrupt in the running job (if it is `job`): it is handed back, its attempt not charged."""
        with self._leaving:
            if self.job is not None and self.ident is not None and job in (None, self.job.id):
                raise_thread_exception(self.ident, error)  # type: ignore[no-untyped-call]

    def _work(self, job: Claimed) -> None:
        worker, started = self.worker, time.monotonic()
        limit = self._hard_limit_s(job)
        try:
            if not self._confirmed(job):
                worker.dropped(job)
                return
            if worker.cancellations.asked(job.id):
                worker.recorder.add(released(job))  # the row says cancelled then
                return
            worker.pulse.start(self.slot, limit)
            try:
                self.job = job
                outcome = worker.runner.run(job, renew=lambda: worker.pulse.start(self.slot, limit))
            except BaseException as error:  # noqa: BLE001  (an interrupt that hit between the hooks)
                outcome = interrupted(job, error, started=started)
            self._leave()
            worker.recorder.add(outcome)
        finally:
            worker.cancellations.forget(job.id)
            worker.pulse.stop(self.slot)
            worker.lanes.done(job, ran_ms=(time.monotonic() - started) * 1000)
            worker.freed(job.queue)

    def _leave(self) -> None:
        """Let no interrupt hit what follows the run: none is sent any more, and one that was sent fires here."""
        try:
            with self._leaving:
                self.job = None
            _checkpoint()
        except Interrupt:
            self.job = None

    def _hard_limit_s(self, job: Claimed) -> float:
        """Return after how many seconds the supervisor kills the process for this job."""
        actor, conf = self.worker.broker.actors.get(job.actor), self.worker.conf
        options = actor.options if actor else {}
        soft = job.options.get("time_limit") or options.get("time_limit") or conf.queue(job.queue).timeout
        return min(float(soft), 1e12) / 1000 + conf.hard_limit_grace_ms / 1000

    def _confirmed(self, job: Claimed) -> bool:
        """Tell whether the job is still ours; asked only when its claim is old (protocol.md, Run)."""
        if awake_clock() - job.claimed_at < self.worker.lease_s / 3:
            return True
        try:
            connection = wrapper(DEFAULT_DB_ALIAS)
            if not is_alive(connection, self.worker.process):
                return False
            return any(m.generation == job.generation for m in mine(connection, [job.id], process=self.worker.process))
        except Error:
            return False  # the row says active under us: the next beat finds it again


def _checkpoint() -> None:
    """Do nothing: CPython raises a pending asynchronous exception when a function is entered."""
