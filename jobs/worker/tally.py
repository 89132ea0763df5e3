"""What a process counts of its runs, and writes every few seconds: nothing per job reaches the database."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Final

from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections

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
        self._fresh: dict[tuple[str, str], Measure] = {}
        self._kept: dict[Key, Measure] = {}
        self._unwritten: set[Key] = set()
        self._next_at = 0.0

    def add(self, written: Iterable[tuple[Outcome, State]]) -> None:
        """Count what has been committed; a job that was handed back unstarted has not run."""
        for outcome, state in written:
            if not outcome.started:
                continue
            measure = self._fresh.get((outcome.queue, outcome.actor))
            if measure is None:
                measure = self._fresh[(outcome.queue, outcome.actor)] = Measure()
            name = str(state) if state in (State.COMPLETED, State.CANCELLED) else ""
            name = name or _NAMES.get(outcome.attempt_outcome, "put_off")
            measure.count(name, wait_ms=outcome.waited_ms, run_ms=(outcome.ended - outcome.started) * 1000)

    def write_if_due(self) -> None:
        """Write every five seconds, if there is anything new."""
        if self._fresh and time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + EVERY_S
            self.write(now=time.time())

    def write(self, *, now: float) -> None:
        """Write what is new under the minute and the hour of `now`; what the database refuses goes with the next."""
        for (queue, actor), measure in self._fresh.items():
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
