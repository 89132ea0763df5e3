"""Claimed jobs on their way to the worker threads: one lane a queue, each with its concurrency."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Condition

from jobs.claimed import Claimed

SHORT_MS = 0.5
"""Jobs that usually take less are left to the threads that are awake: waking another costs as much as the job."""
PATIENCE_S = 0.005
"""For how long a startable job waits for them before `hurry` wakes a thread all the same."""


@dataclass(slots=True)
class Lane:
    """One queue in this process."""

    queue: str
    concurrency: int
    running: int = 0
    waiting: deque[tuple[float, Claimed]] = field(default_factory=deque)
    usual_ms: float | None = None
    """Moving average of the run time; None until one job has run."""

    def startable(self) -> bool:
        """Tell whether a job waits that may start."""
        return bool(self.waiting) and self.running < self.concurrency


class Lanes:
    """Hands jobs to threads so that no queue has more running than its concurrency. Thread-safe."""

    def __init__(self, concurrency: dict[str, int], *, threads: int, ahead_ms: int, ahead_max: int) -> None:
        self.lanes = {queue: Lane(queue, number) for queue, number in concurrency.items()}
        self._changed = Condition()
        self._threads = threads
        self._idle = 0
        self._ahead_ms, self._ahead_max = ahead_ms, ahead_max
        self._closed = False
        self.ran = 0
        """Jobs that threads have had so far."""

    def want(self, queue: str, *, ahead: bool) -> int:
        """Return how many jobs to take: what can start now, and with `ahead` what will within `ahead_ms`."""
        lane = self.lanes[queue]
        with self._changed:
            if self._closed:
                return 0
            busy = sum(lane.running + len(lane.waiting) for lane in self.lanes.values())
            free = min(lane.concurrency - lane.running - len(lane.waiting), self._threads - busy)
            if not ahead or lane.usual_ms is None:
                return max(0, free)
            soon = int(lane.concurrency * self._ahead_ms / max(lane.usual_ms, 0.01))
            return max(free, min(soon, self._ahead_max) - len(lane.waiting), 0)

    def set_concurrency(self, queue: str, number: int) -> int:
        """Let that many jobs of a queue run at a time from now on; return how many more that are."""
        lane = self.lanes[queue]
        if not (change := number - lane.concurrency):
            return 0
        with self._changed:
            lane.concurrency = number
            self._changed.notify_all()
        return change

    def set_threads(self, number: int) -> None:
        """Note how many threads there are."""
        with self._changed:
            self._threads = number

    def concurrency(self) -> int:
        """Return how many jobs may run at a time, all queues together."""
        return sum(lane.concurrency for lane in self.lanes.values())

    def put(self, jobs: Iterable[Claimed]) -> None:
        """Queue jobs for the threads."""
        now = time.monotonic()
        with self._changed:
            for job in jobs:
                self.lanes[job.queue].waiting.append((now, job))
            if self._idle:
                self._changed.notify()  # who picks a job wakes the next thread: the first in line starts first

    def next(self, timeout_s: float) -> Claimed | None:
        """Return a job to start, or None after the timeout or once closed."""
        with self._changed:
            job = self._pick()
            if job is None and not self._closed:
                self._idle += 1
                self._changed.wait(timeout_s)
                self._idle -= 1
                job = self._pick()
            if job is not None and self._idle and self._worth_waking():
                self._changed.notify()
            return job

    def hurry(self) -> None:
        """Wake a thread for jobs that have waited too long for one that is awake."""
        oldest = time.monotonic() - PATIENCE_S
        with self._changed:
            if self._idle and any(lane.startable() and lane.waiting[0][0] < oldest for lane in self.lanes.values()):
                self._changed.notify()

    def _worth_waking(self) -> bool:
        return any(
            lane.startable() and (lane.usual_ms is None or lane.usual_ms >= SHORT_MS) for lane in self.lanes.values()
        )

    def _pick(self) -> Claimed | None:
        for lane in self.lanes.values():
            if lane.startable():
                lane.running += 1
                return lane.waiting.popleft()[1]
        return None

    def done(self, job: Claimed, *, ran_ms: float) -> None:
        """Free the job's place, and learn from its run time."""
        lane = self.lanes[job.queue]
        with self._changed:
            lane.running -= 1
            self.ran += 1
            lane.usual_ms = ran_ms if lane.usual_ms is None else lane.usual_ms * 0.9 + ran_ms * 0.1

    def take_back(self, *, older_than_s: float = 0.0) -> list[Claimed]:
        """Return jobs that wait unstarted for longer, and forget them: somebody else may start them sooner."""
        now: float = time.monotonic()
        back: list[Claimed] = []
        with self._changed:
            for lane in self.lanes.values():
                while lane.waiting and now - lane.waiting[0][0] >= older_than_s:
                    if older_than_s and lane.running < lane.concurrency:
                        break  # a thread is about to take it
                    back.append(lane.waiting.popleft()[1])
        return back

    def waiting(self) -> int:
        """Return how many jobs wait for a thread."""
        return sum(len(lane.waiting) for lane in self.lanes.values())

    def running(self) -> int:
        """Return how many jobs run."""
        return sum(lane.running for lane in self.lanes.values())

    def close(self) -> None:
        """Let `next` return None at once from now on, when nothing waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
