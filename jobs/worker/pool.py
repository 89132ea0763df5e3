"""The worker threads of a process: as many as its queues may run jobs at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.claimed import Claimed
from jobs.endings import Cancelled
from jobs.worker.pulse import MAX_SLOTS
from jobs.worker.thread import WorkerThread

if TYPE_CHECKING:
    from jobs.worker.worker import Worker


class Pool:
    """Starts with the settings' concurrency, grows when an operator raises it; `fixed` threads stay so many."""

    def __init__(self, worker: Worker, *, concurrency: int, fixed: int | None) -> None:
        self._worker, self._fixed = worker, fixed
        self.threads = [WorkerThread(worker, slot) for slot in range(min(concurrency, fixed or MAX_SLOTS))]

    def start(self) -> None:
        """Start all threads."""
        for thread in self.threads:
            thread.start()

    def allow(self, queue: str, concurrency: int) -> bool:
        """Run that many jobs of a queue at a time from now on; tells whether that is more. Spare threads only idle."""
        lanes = self._worker.lanes
        if not (change := lanes.set_concurrency(queue, concurrency)):
            return False
        for slot in range(len(self.threads), min(lanes.concurrency(), self._fixed or MAX_SLOTS)):
            thread = WorkerThread(self._worker, slot)
            thread.start()
            self.threads.append(thread)
        lanes.set_threads(len(self.threads))
        return change > 0

    def interrupt_cancelled(self) -> None:
        """Interrupt the running jobs that are wanted cancelled and have not stopped within their actor's grace."""
        running = {thread.job.id: thread for thread in self.threads if thread.job is not None}
        grace = {id_: self._grace_s(thread.job) for id_, thread in running.items()}
        for id_ in self._worker.cancellations.due(grace):
            running[id_].interrupt(Cancelled, job=id_)

    def _grace_s(self, job: Claimed | None) -> float:
        """Return how long a job may take to stop by itself (its actor's `cancel_grace`, milliseconds)."""
        actor = self._worker.broker.actors.get(job.actor) if job else None
        return float(actor.options.get("cancel_grace") or 0) / 1000 if actor else 0.0

    def interrupt_all(self) -> None:
        """Interrupt everything that runs."""
        for thread in self.threads:
            thread.interrupt()

    def alive(self) -> bool:
        """Tell whether every thread lives."""
        return all(thread.is_alive() for thread in self.threads)

    def join(self, seconds: float) -> None:
        """Wait for the threads' end, that long each."""
        for thread in self.threads:
            thread.join(seconds)
