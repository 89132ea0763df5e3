"""What a process counts of its runs, and writes every few seconds: nothing per job reaches the database."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections

from jobs.counters import COUNTERS
from jobs.measure import Measure
from jobs.outcome import Outcome
from jobs.rows.dialect import wrapper
from jobs.rows.rollup import Key, write_roll_ups
from jobs.states import State

logger = logging.getLogger("jobs.recorder")
EVERY_S = 5.0
MINUTES: Final = (1, 60)
_NAMES: Final = {"retry": "retried", "failed": "failed", "cancelled": "cancelled"}


class Tally:
    """Counts by queue and actor. Used by the recorder's thread only."""

    def __init__(self, process: str) -> None:
        self.process = process
        self._fresh: defaultdict[tuple[str, str, State, str], tuple[list[float], list[float]]]
        self._fresh = defaultdict(lambda: ([], []))  # (queue, actor, state, attempt's outcome) → waits, runs
        self._kept: dict[Key, Measure] = {}
        self._unwritten: set[Key] = set()
        self._next_at = 0.0

    def add(self, written: Iterable[tuple[Outcome, State]]) -> None:
        """Count what has been committed; a job that was handed back unstarted has not run."""
        for outcome, state in written:
            if not outcome.started:
                continue
            waits, runs = self._fresh[outcome.queue, outcome.actor, state, outcome.attempt_outcome]
            waits.append(outcome.waited_ms)
            runs.append((outcome.ended - outcome.started) * 1000)

    def write_if_due(self) -> None:
        """Write every five seconds, if there is anything new."""
        if self._fresh and time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + EVERY_S
            self.write(now=time.time())

    def write(self, *, now: float) -> None:
        """Write what is new under the minute and the hour of `now`; what the database refuses goes with the next."""
        for (queue, actor, state, attempt_outcome), (waits, runs) in self._fresh.items():
            measure = Measure()
            measure.count(_name(state, attempt_outcome), waits=waits, runs=runs)
            COUNTERS.count("jobs_runs", len(runs), queue=queue, actor=actor, outcome=_name(state, attempt_outcome))
            COUNTERS.observe("jobs_wait_seconds", measure.waits, total_ms=measure.wait_ms, queue=queue, actor=actor)
            COUNTERS.observe("jobs_run_seconds", measure.runs, total_ms=measure.run_ms, queue=queue, actor=actor)
            for minutes in MINUTES:
                key = (minutes, now - now % (minutes * 60), queue, actor)
                self._kept.setdefault(key, Measure()).add(measure)
                self._unwritten.add(key)
        self._fresh.clear()
        try:
            if self._unwritten:
                measures = {key: self._kept[key] for key in self._unwritten}
                write_roll_ups(wrapper(DEFAULT_DB_ALIAS), measures, shard=self.process)
        except Error as error:
            logger.warning("Roll-ups wait for the database (%s)", error)
            close_old_connections()
            return
        self._unwritten.clear()
        self._kept = {key: measure for key, measure in self._kept.items() if key[1] + key[0] * 60 > now}


def _name(state: State, attempt_outcome: str) -> str:
    if state in (State.COMPLETED, State.CANCELLED):
        return str(state)
    return _NAMES.get(attempt_outcome, "put_off")
