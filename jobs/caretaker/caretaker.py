"""The caretaker's loop: whoever holds the leadership does every duty at its interval."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

import redis
from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections
from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.caretaker.alerts import Alerts
from jobs.caretaker.expiry import Expiry
from jobs.caretaker.flows import HealFlows
from jobs.caretaker.operations import TakeSteps
from jobs.caretaker.overdue import ReclaimOverdue
from jobs.caretaker.patrol import PatrolAll, PatrolRecent, SweepActive
from jobs.caretaker.retention import Retention
from jobs.caretaker.schedules import FireSchedules
from jobs.caretaker.schema import AgreeOnSchema
from jobs.caretaker.settle import Settle
from jobs.caretaker.statistics import analyze_young
from jobs.conf import jobs_settings
from jobs.counters import COUNTERS
from jobs.dispatch.schema import SchemaMismatch
from jobs.ids import new_id
from jobs.rows.dialect import wrapper
from jobs.rows.process import leave_leadership, take_leadership

logger = logging.getLogger("jobs.caretaker")
LEADERSHIP, LEASE_S, TURN_S = "caretaker", 5.0, 0.25

Duty = Callable[[BaseDatabaseWrapper], None]


@dataclass(slots=True)
class Round:
    """One duty, how often, and when next."""

    duty: Duty
    every_s: float
    next_at: float = 0.0


class Caretaker:
    """Runs until stopped. Any number may run; one leads, and may be overtaken in mid-duty: all may repeat."""

    def __init__(self, *, on_turn: Callable[[], None] = lambda: None) -> None:
        self.id = new_id()
        self._on_turn = on_turn
        self.stopped = Event()
        self.leads = False
        self.ticks = 0
        lease = jobs_settings().lease_s
        recent, everything = PatrolRecent(), PatrolAll()
        self._reclaim_overdue = ReclaimOverdue()
        self.rounds = [
            Round(Alerts(), 15.0),  # first, since it needs no Redis: the others end the turn when there is none
            Round(FireSchedules(), 0.5),  # needs no Redis either
            Round(TakeSteps(), 0.25),
            Round(AgreeOnSchema(), 0.0),
            Round(Settle(on_settled=everything.hurry), 0.5),
            Round(self._reclaim_overdue, min(0.5, lease / 5)),
            Round(analyze_young, 5.0),
            Round(recent, 5.0),
            Round(everything, 0.25),
            Round(SweepActive(), 10.0),
            Round(HealFlows(), 0.25),
            Round(Expiry(), 1.0),
            Round(Retention(), 0.5),
        ]

    def run(self) -> None:
        """Take turns until `stop`."""
        failures = 0
        while not self.stopped.wait(TURN_S):
            self.ticks += 1
            self._on_turn()
            try:
                self.turn()
                failures = 0
            except (Error, redis.RedisError, OSError, SchemaMismatch) as error:
                failures += 1
                COUNTERS.count("jobs_caretaker_failures")
                if failures in (1, 10) or failures % 100 == 0:
                    logger.warning("The caretaker waits (%s: %s)", type(error).__name__, error)
                close_old_connections()
                self.stopped.wait(min(2.0, 0.1 * 2 ** min(failures, 5)))
            except Exception:
                COUNTERS.count("jobs_caretaker_failures")
                logger.exception("A duty failed; the caretaker goes on")
        self._leave()

    def turn(self) -> None:
        """Do what is due, if this is the leader."""
        connection = wrapper(DEFAULT_DB_ALIAS)
        self.leads = take_leadership(connection, LEADERSHIP, holder=self.id, lease_s=LEASE_S)
        self._reclaim_overdue.saw_database()
        if not self.leads:
            return
        for entry in self.rounds:
            now = time.monotonic()
            if now >= entry.next_at:
                entry.next_at = now + entry.every_s
                entry.duty(connection)
                duty = type(entry.duty).__name__
                COUNTERS.count("jobs_caretaker_duties", duty=duty)
                COUNTERS.count("jobs_caretaker_duty_seconds", time.monotonic() - now, duty=duty)

    def stop(self) -> None:
        """End after the present turn."""
        self.stopped.set()

    def _leave(self) -> None:
        try:
            leave_leadership(wrapper(DEFAULT_DB_ALIAS), LEADERSHIP, holder=self.id)
        except Error as error:
            logger.info("The leadership was not given up (%s); it runs out.", error)
