"""The supervisor: starts children, renews their leases, replaces the dead and the hung, stops them in order."""

from __future__ import annotations

import logging
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType

import dramatiq
from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections

from jobs.broker import forks
from jobs.conf import jobs_settings
from jobs.counters import COUNTERS
from jobs.exposition.door import open_door
from jobs.exposition.folder import bury, shared_folder
from jobs.exposition.vitals import Vitals
from jobs.ids import new_id
from jobs.rows.dialect import wrapper
from jobs.services.reclaim import reclaim
from jobs.worker.child import Child, spawn
from jobs.worker.lease import enter, renew_leases
from jobs.worker.limits import Limits
from jobs.worker.place import Place

logger = logging.getLogger("jobs.supervisor")
TURN_S = 0.05


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Keeps `processes` workers, one caretaker and what middleware fork alive until told to stop."""

    queues: Sequence[str]
    processes: int
    threads: int | None
    grace_s: float
    limits: Limits = field(default_factory=Limits)
    verbosity: int = 1
    id: str = field(default_factory=new_id)
    _stopping: Event = field(default_factory=Event)
    _signals: int = 0
    _renew_at: float = 0.0
    _lost: list[str] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)
    _retiring: list[Child] = field(default_factory=list)
    _vitals: Vitals = field(init=False)
    _counters: Path | None = None

    def __post_init__(self) -> None:
        self._vitals = Vitals(self._works)

    def run(self) -> int:
        """Run until a signal; return the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._signalled)
        worker = ["jobs_worker", "--queues", *self.queues, "--grace", str(self.grace_s)]
        worker += ["--threads", str(self.threads)] if self.threads else []
        self._places = [Place(list(worker), is_worker=True) for _ in range(self.processes)]
        self._places.append(Place(["jobs_caretaker"], is_worker=False))
        for place, _ in enumerate(forks(dramatiq.get_broker())):
            self._places.append(Place(["jobs_fork", "--number", str(place)], is_worker=False))
        door = open_door(self._vitals.pages())
        with shared_folder(wanted=door is not None) as self._counters:
            self._loop()
        if door:
            door.server_close()
        return 0

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._turn()
            self._vitals.turned()
            self._stopping.wait(TURN_S)
        self._stop()

    def _works(self) -> bool:
        """Tell whether every worker takes jobs."""
        workers = [place for place in self._places if place.is_worker and not place.retired]
        return bool(workers) and all(place.child is not None and place.child.works() for place in workers)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
        self._stopping.set()
        if self._signals > 1:  # told twice: children interrupt their jobs at once
            for child in self._children():
                child.popen.send_signal(signal.SIGQUIT)

    def _children(self) -> list[Child]:
        return [*(child for place in self._places for child in place.children()), *self._retiring]

    def _turn(self) -> None:
        now = time.monotonic()
        for place in self._places:
            if place.child is None and not place.retired and now >= place.start_at:
                place.child = self._start(place)
            for child in place.children():
                if self._has_ended(child):
                    place.vacate(child)
            if old := place.succeed():
                self._retiring.append(old)
        self._retiring = [child for child in self._retiring if not self._has_ended(child)]
        if all(place.retired for place in self._places if place.is_worker):
            self._stopping.set()
        if self.limits.due():
            self._replace_one(now)
        self._reclaim_lost()
        if now >= self._renew_at:
            self._renew(now)

    def _replace_one(self, now: float) -> None:
        """Start a successor for a worker that has reached a limit; one at a time, so that the others go on at speed."""
        if any(place.successor for place in self._places):
            return
        for place in self._places:
            child = place.child
            if child and place.is_worker and now >= place.start_at and (reason := self.limits.reached(child)):
                logger.info("Worker %s is replaced: %s", child.process, reason)
                place.successor = self._start(place)
                return

    def _start(self, place: Place) -> Child | None:
        """Start a child for a place; none while the database is away, and the place waits a little."""
        process = new_id()
        try:
            if place.is_worker:
                count = self.threads or sum(jobs_settings().queue(q).concurrency for q in self.queues)
                enter(process, supervisor=self.id, queues=self.queues, threads=count)
        except Error as error:
            logger.warning("No worker starts: the database does not answer (%s)", error)
            close_old_connections()
            place.start_at = time.monotonic() + random.uniform(0.5, 1.5)  # noqa: S311
            return None
        return spawn([*place.command, "--id", process], process=process if place.is_worker else "")

    def _has_ended(self, child: Child) -> bool:
        """Bury a child that has ended, kill one that is overdue."""
        if child.popen.poll() is not None:
            self._bury(child)
            return True
        _kill_if_overdue(child)
        return False

    def _bury(self, child: Child) -> None:
        """Note a child that has ended; its jobs go back at once."""
        code = child.popen.returncode
        logger.log(
            logging.INFO if code == 0 else logging.WARNING,
            "%s %s ended with code %d",
            child.name.capitalize(),
            child.process,
            code,
        )
        if child.process:
            self._lost.append(child.process)
        if self._counters:
            bury(self._counters, child.popen.pid)
        if child.process:
            COUNTERS.count("jobs_worker_ends", code=str(code))
        child.close()

    def _reclaim_lost(self) -> None:
        for process in list(self._lost):
            try:
                reclaim(wrapper(DEFAULT_DB_ALIAS), process, died=True)
                self._lost.remove(process)
            except Error as error:
                logger.warning("Jobs of %s wait to be reclaimed (%s)", process, error)
                close_old_connections()
                return

    def _renew(self, now: float) -> None:
        self._renew_at = now + jobs_settings().lease_s / 3
        alive = [child.process for child in self._children() if child.process]
        try:
            allowed = renew_leases(alive) if alive else set()
        except Error as error:
            logger.warning("Leases were not renewed (%s)", error)
            close_old_connections()
            self._renew_at = now + 0.5
            return
        for child in self._children():
            if child.process and child.process not in allowed:
                logger.error("Worker %s was fenced: it ends its jobs and is replaced", child.process)
                child.popen.terminate()

    def _stop(self) -> None:
        """Tell every child to drain, renew their leases meanwhile, kill what outlives the grace by far."""
        logger.info("Shutting down workers...")
        self._vitals.stopping()
        for child in self._children():
            child.popen.terminate()
        deadline = time.monotonic() + self.grace_s + 20
        while any(child.popen.poll() is None for child in self._children()):
            now = time.monotonic()
            for child in self._children():
                if now > deadline:
                    child.popen.kill()
                _kill_if_overdue(child)
            if now >= self._renew_at:
                self._renew(now)
            self._vitals.turned()
            time.sleep(TURN_S)
        for child in self._children():
            self._bury(child)
        self._reclaim_lost()


def _kill_if_overdue(child: Child) -> None:
    """Kill a child that is hung or stopped, or whose job has passed its hard limit."""
    if reason := child.overdue(time.monotonic()):
        logger.error("Killing %s %s: %s", child.name, child.process, reason)
        child.popen.kill()
