"""What a row works with: servers, crews, a ledger, chance, and a place for logs."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.db import Error, close_old_connections, connection

from jobs import Payload, enqueue_many
from jobs.dispatch.dispatcher import Dispatcher
from jobs.errors import JobsError
from jobs.models import Job, Process
from jobs_project.local.errors import ServerDied
from jobs_project.local.postgres import Postgres
from tests.chaos.actors import Work
from tests.chaos.crew import Crew, signal_if_alive
from tests.chaos.ledger import Line, Reader, note_all
from tests.chaos.store import Store

FLAGS = ("--processes", "2")


class World:
    """One run of one row."""

    def __init__(self, place: Path, *, seed: int, short: bool, store: Store, postgres: Postgres) -> None:
        self.place, self.seed, self.short = place, seed, short
        self.store, self.postgres = store, postgres
        self.random = random.Random(seed)
        self.ledger = str(place / "ledger")
        self._reader = Reader(self.ledger)
        self.crews: list[Crew] = []
        self.failed: list[str] = []
        self.recoveries: list[float] = []
        self.crashes: list[float] = []
        self.kills: list[tuple[int, float]] = []
        self.dead: set[str] = set()
        self.transactional: set[str] = set()
        self.allowed: dict[str, frozenset[str]] = {}
        self.retried: Counter[str] = Counter()
        self.names: dict[str, str] = {}
        self.closing = ExitStack()
        self.quiet_s = 60.0
        self.minutes = 1.0
        self._made = 0
        self._started = time.monotonic()

    # -- saying ----------------------------------------------------------------------------------------------

    def say(self, words: str) -> None:
        """Write a line of the row's story."""
        with (self.place / "story.log").open("a") as story:
            story.write(f"{time.time():.3f} {words}\n")

    def check(self, holds: object, sentence: str) -> None:
        """Note a promise that did not hold."""
        self.say(f"{'holds' if holds else 'FAILS'}: {sentence}")
        if not holds:
            self.failed.append(sentence)

    def recovered(self, seconds: float | None, *, within: float, after: str) -> None:
        """Note how long a recovery took, and whether that was in time; None: nothing had to recover."""
        if seconds is not None:
            self.recoveries.append(seconds)
            self.check(seconds <= within, f"work goes on {within:g} s after {after} (took {seconds:.2f} s)")

    def until(self, true: Callable[[], Any], what: str, *, seconds: float = 30.0, every_s: float = 0.02) -> Any:
        """Wait for something that other processes do and tell nobody; a failed check if it does not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if answer := true():
                    return answer
            except Error:
                close_old_connections()
            time.sleep(every_s)
        self.check(holds=False, sentence=f"{what} within {seconds:g} s")
        return None

    def pause(self, least: float, most: float) -> None:
        """Let a seeded time pass: the fault comes at a random moment of the work."""
        time.sleep(self.random.uniform(least, most))

    def lines(self) -> list[Line]:
        """Return the ledger."""
        return self._reader.read()

    def busy(self, crew: Crew) -> set[int]:
        """Return the pids of the crew's workers that run something."""
        lines = self.lines()
        done = {(line.key, line.pid) for line in lines if line.event == "F"}
        running = {line.pid for line in lines if line.event == "S" and (line.key, line.pid) not in done}
        return running & set(crew.children())

    # -- workers ---------------------------------------------------------------------------------------------

    def start(self, *flags: str, prefix: Sequence[str] = (), **environment: str) -> Crew:
        """Start a crew, and wait until its workers are known to the database."""
        before = Process.objects.count()
        crew = Crew({**os.environ, **environment}, self.place / "workers.log", *(flags or FLAGS), prefix=prefix)
        self.crews.append(crew)
        self.until(lambda: Process.objects.count() > before, "a worker registers")
        return crew

    def start_warm(self) -> Crew:
        """Start a crew, and wait until both of its workers have run something: a fault must not hit their start."""
        crew = self.start()

        def both_worked() -> bool:
            if self.unfinished() == 0:
                self.enqueue(self.work(20, ms=(20, 60)))
            return len({line.pid for line in self.lines() if line.event == "F"} & set(crew.children())) == 2

        self.until(both_worked, "both workers run something")
        return crew

    def kill(self, pid: int) -> bool:
        """SIGKILL a process of ours, and remember when."""
        if not signal_if_alive(pid, 9):
            return False
        self.kills.append((pid, time.time()))
        self.say(f"killed {pid}")
        return True

    def cpu_s(self, crew: Crew) -> float:
        """Return the processor seconds that a crew's living processes have used."""
        pids = [crew.popen.pid, *crew.children(), *crew.children("jobs_caretaker")]
        ticks = 0
        for pid in pids:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def rest(self, crew: Crew, seconds: float, *, share: float, while_: str) -> None:
        """Wait, and check that the crew does not spin meanwhile."""
        before = self.cpu_s(crew)
        time.sleep(seconds)
        used = self.cpu_s(crew) - before
        self.check(used <= seconds * share, f"no hot loop while {while_} ({used:.2f} s of processor in {seconds:g} s)")

    # -- jobs ------------------------------------------------------------------------------------------------

    def keys(self, count: int, kind: str = "job") -> list[str]:
        """Return new keys."""
        start, self._made = self._made, self._made + count
        return [f"{kind}-{n:05d}" for n in range(start, self._made)]

    def work(self, count: int, *, ms: tuple[int, int] = (0, 40), **parts: Any) -> list[Work]:
        """Return jobs of seeded lengths."""
        return [Work(ledger=self.ledger, key=key, ms=self.random.randint(*ms), **parts) for key in self.keys(count)]

    def enqueue(self, payloads: Sequence[Payload], **options: Any) -> None:
        """Enqueue until it is committed; a caller who does not know asks again, its job ids make that safe."""
        keys = [str(getattr(payload, "key", "")) for payload in payloads]
        note_all(self.ledger, "A", keys)
        while True:
            try:
                enqueue_many(payloads, **options)
                break
            except (Error, JobsError) as error:
                self.say(f"enqueue: {type(error).__name__}")
                close_old_connections()
                time.sleep(0.1)
        note_all(self.ledger, "E", keys)

    def unfinished(self) -> int:
        """Return how many jobs have not ended."""
        return Job.objects.filter(finished_at=None).count()

    def finished(self) -> int:
        """Return how many jobs have ended."""
        return Job.objects.exclude(finished_at=None).count()

    # -- servers ---------------------------------------------------------------------------------------------

    def crash_database(self) -> None:
        """SIGKILL the database server; its workers notice and go."""
        self.postgres.kill()
        self.crashes.append(time.time())
        self.say("database killed")

    def start_database(self) -> float:
        """Start the database again, and return when it answered."""
        for attempt in range(50):
            try:
                self.postgres.start()
                break
            except ServerDied:  # its orphans hold the shared memory for a moment
                if attempt == 49:
                    raise
                time.sleep(0.1)
        close_old_connections()
        self.say("database back")
        return time.time()

    def terminate_backends(self) -> int:
        """End every connection to the database but this one."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    def entries(self) -> tuple[int, int, int]:
        """Return how many entries Redis holds ready, delayed and active."""
        stats = Dispatcher(self.store.url).stats(["chaos"])[0]
        return stats.waiting, stats.delayed, stats.active
