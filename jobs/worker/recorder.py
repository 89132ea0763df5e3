"""The recorder thread: writes outcomes in bulk whenever it is free, then hands them on for acknowledgement."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread

from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections, connections

from jobs.claimed import Claimed
from jobs.counters import COUNTERS
from jobs.dispatch.entries import Entry
from jobs.outcome import Outcome
from jobs.rows.dialect import wrapper
from jobs.rows.standing import Standing
from jobs.services.record import Flush, record
from jobs.states import State
from jobs.worker.signaller import Signaller
from jobs.worker.tally import Tally

logger = logging.getLogger("jobs.recorder")

MAX_FLUSH = 1_000
"""Outcomes a transaction."""


@dataclass(slots=True)
class Acknowledgement:
    """What Redis may learn now: ids to acknowledge per queue, entries to add after it, events."""

    done: dict[str, list[str]] = field(default_factory=dict)
    add: list[Entry] = field(default_factory=list)
    events: list[tuple[str, str, str]] = field(default_factory=list)

    def acknowledge(self, queue: str, id_: str) -> None:
        """Add one id."""
        self.done.setdefault(queue, []).append(id_)

    def merge(self, other: Acknowledgement) -> None:
        """Add all of another's, behind this one's."""
        for queue, ids in other.done.items():
            self.done.setdefault(queue, []).extend(ids)
        self.add.extend(other.add)
        self.events.extend(other.events)


class Recorder(Thread):
    """Collects from the worker threads, writes, and calls `on_written` with the acknowledgement after the commit."""

    def __init__(
        self,
        process: str,
        *,
        on_written: Callable[[Acknowledgement], None],
        on_tick: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__(name="recorder", daemon=True)
        self.process = process
        self.on_written, self._on_tick = on_written, on_tick
        self.tally = Tally(process)
        self._signaller = Signaller()
        self.reports: list[Callable[[], None]] = [self.tally.write_if_due]
        self.ticks = 0
        self.refused = 0
        self._outcomes: list[Outcome] = []
        self._progress: dict[str, tuple[Claimed, str]] = {}
        self._reported: dict[str, tuple[Claimed, str]] = {}
        self._told: dict[str, str] = {}
        self._lines: list[tuple[str, int, str]] = []
        self._changed = Condition()
        self._closing = False

    def add(self, outcome: Outcome) -> None:
        """Take an outcome for the next flush."""
        with self._changed:
            self._outcomes.append(outcome)
            self._changed.notify()

    def report_progress(self, job: Claimed, progress: str) -> None:
        """Take a progress; the latest of a job wins."""
        with self._changed:
            self._progress[job.id] = (job, progress)
            self._changed.notify()

    def report_line(self, job: Claimed, line: str) -> None:
        """Take a log line."""
        with self._changed:
            self._lines.append((job.id, job.attempt, line))
            self._changed.notify()

    def backlog(self) -> int:
        """Return how many outcomes wait for the database."""
        return len(self._outcomes)

    def close(self, timeout_s: float) -> None:
        """Write what is there, then end; waits at most `timeout_s`."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self.join(timeout_s)

    def run(self) -> None:
        """Flush until closed and empty."""
        failures = 0
        while True:
            self._report()
            with self._changed:
                self._tick()
                if not (self._outcomes or self._progress or self._lines):
                    if self._closing:
                        break
                    self._changed.wait(1.0)
                flush = self._take()
            if not (flush.outcomes or flush.progress or flush.lines):
                continue
            try:
                self._write(flush)
                failures = 0
            except Error as error:
                failures += 1
                self._put_back(flush)
                self._rest(failures, error)
            except Exception:
                failures += 1
                self._put_back(flush)
                logger.exception("The recorder failed and tries again")
                self._rest(failures, None)
        self.tally.write(now=time.time())
        self._signaller.close(5)
        connections.close_all()

    def _report(self) -> None:
        """Write what the process tells of itself; nothing of a job's is in hand meanwhile."""
        try:
            for report in self.reports:
                report()
        except Exception:
            logger.exception("A report of this process failed; it works on")

    def _tick(self) -> None:
        self.ticks += 1
        self._on_tick(self.ticks)

    def _take(self) -> Flush:
        """Return what waits, and note whose progress the flush tells of."""
        progress, self._progress = self._progress, {}
        self._reported = progress
        self._told = {id_: job.queue for id_, (job, _) in progress.items()}
        lines, self._lines = self._lines, []
        outcomes, self._outcomes = self._outcomes[:MAX_FLUSH], self._outcomes[MAX_FLUSH:]
        return Flush(outcomes, [(id_, job.generation, text) for id_, (job, text) in progress.items()], lines)

    def _put_back(self, flush: Flush) -> None:
        with self._changed:
            self._outcomes[:0] = flush.outcomes
            self._lines[:0] = flush.lines[-1_000:]
            self._progress = self._reported | self._progress

    def _rest(self, failures: int, error: Exception | None) -> None:
        """Wait before the next try, longer each time, so that a database that is away is not hammered."""
        if failures in (1, 10) or failures % 100 == 0:
            logger.warning("Outcomes wait for the database: %d (%s)", self.backlog(), error)
        close_old_connections()
        with self._changed:
            self._tick()
            self._changed.wait(min(2.0, 0.05 * 2 ** min(failures, 6)) * random.uniform(0.5, 1))  # noqa: S311

    def _write(self, flush: Flush) -> None:
        recorded = record(wrapper(DEFAULT_DB_ALIAS), flush, process=self.process)
        self.tally.add(recorded.written)
        news = Acknowledgement(events=[(id_, "progress", queue) for id_, queue in self._told.items()])
        for outcome, state in recorded.written:
            news.acknowledge(outcome.queue, outcome.id)
            if state in (State.WAITING, State.DELAYED):
                delay = outcome.delay_ms if state == State.DELAYED else 0
                news.add.append(Entry(outcome.queue, outcome.id, outcome.priority, delay, outcome.group))
            else:  # what is added again is told of when it is there
                news.events.append((outcome.id, str(state), outcome.queue))
        for followed in recorded.followed:
            news.add.extend(followed.entries)
            news.events.extend(followed.events)
        for outcome, row in recorded.refused:
            self._refuse(outcome, row, news)
        with self._changed:
            self._outcomes[:0] = recorded.again
        if recorded.again and not recorded.written:
            self._rest(1, None)
        self.on_written(news)
        self._signaller.add(recorded.written)

    def _refuse(self, outcome: Outcome, row: Standing | None, news: Acknowledgement) -> None:
        """Go by the row: the run has lost its job, its entry under this process is only cleared."""
        self.refused += 1
        COUNTERS.count("jobs_refused_finishes")
        logger.warning("Refused: job %s has been taken away from this run", outcome.id)
        news.acknowledge(outcome.queue, outcome.id)
        if row and row.startable:
            news.add.append(Entry(row.queue, row.id, row.priority, row.due_in_ms, row.group))
