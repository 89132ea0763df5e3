"""What is done to each system: rows 1, 5 and 7 of chaos.md, as far as a system without rows can be asked."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.ledger import Line, by_key, read
from tests.chaos.peers.systems import Running
from tests.chaos.recovery import effect_after, rerun_after
from tests.chaos.store import Store

KILLS = 6
AWAY_S = 20.0


@dataclass(slots=True, kw_only=True)
class Trial:
    """One fault for one system."""

    running: Running
    store: Store
    patience_s: float
    random: random.Random
    kills: list[tuple[int, float]] = field(default_factory=list)
    back_at: list[float] = field(default_factory=list)
    made: int = 0

    def lines(self) -> list[Line]:
        """Return the ledger."""
        return read(self.running.ledger)

    def feed(self, count: int, *, ms: tuple[int, int], failures: int = 0) -> None:
        """Enqueue jobs of seeded lengths."""
        keys = [f"job-{n:05d}" for n in range(self.made, self.made + count)]
        self.made += count
        jobs = [{"key": key, "ms": self.random.randint(*ms), "failures": failures} for key in keys]
        self.running.feed(jobs)

    def until(self, true: Callable[[], object], seconds: float) -> bool:
        """Wait, and start again meanwhile what has ended; false if it does not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.running.keep()
            if true():
                return True
            time.sleep(0.02)
        return False

    def unfinished(self) -> set[str]:
        """Return what is enqueued and has had no effect."""
        lines = self.lines()
        return set(by_key(lines, "E")) - set(by_key(lines, "F"))

    def recoveries(self) -> list[float | None]:
        """Return how long each recovery took: until lost jobs ran again, or until there was an effect again."""
        lines = self.lines()
        found = [rerun_after(lines, pids=[pid], at=at) for pid, at in self.kills]
        return [*found, *(effect_after(lines, at) for at in self.back_at)]


def killed_workers(trial: Trial) -> None:
    """Row 1: SIGKILL one of two worker processes that both run something, at seeded moments."""
    _warm(trial)
    for _ in range(KILLS):
        trial.feed(40, ms=(10, 200))
        trial.until(lambda: len(_busy(trial)) > 1 or _fed_on(trial), 30)
        time.sleep(trial.random.uniform(0, 0.15))
        if busy := sorted(_busy(trial)):
            pid = trial.random.choice(busy)
            os.kill(pid, 9)
            trial.kills.append((pid, time.time()))
        _pass(trial, 1.5)


def crashed_redis(trial: Trial) -> None:
    """Row 5: SIGKILL Redis under work, start it again; whatever it has kept by its mode is all it has."""
    _warm(trial)
    trial.feed(400, ms=(10, 60))
    trial.until(lambda: len(by_key(trial.lines(), "F")) > 60, 30)
    trial.running.fed()
    _take_redis_away(trial, trial.random.uniform(0.2, 1.5))


def absent_redis(trial: Trial) -> None:
    """Row 7: Redis is away for 20 s while jobs fail and are enqueued."""
    _warm(trial)
    trial.feed(40, ms=(500, 1_500), failures=1)
    trial.until(lambda: _busy(trial), 20)
    trial.running.fed()
    time.sleep(1.2)  # what fails now was appended more than a second ago: only its retry is at stake
    _take_redis_away(trial, AWAY_S)


def _take_redis_away(trial: Trial, seconds: float) -> None:
    trial.store.kill()
    trial.feed(20, ms=(0, 20))
    _pass(trial, seconds)
    trial.store.start()
    trial.back_at.append(time.time())


def _warm(trial: Trial) -> None:
    """Wait until both worker processes have run something."""

    def warm() -> bool:
        if not trial.unfinished():
            trial.feed(20, ms=(5, 20))
            trial.running.fed()
        return len({line.pid for line in trial.lines() if line.event == "F"}) >= 2

    trial.until(warm, 60)


def _pass(trial: Trial, seconds: float) -> None:
    """Let a time pass in which what has ended is started again."""
    trial.until(lambda: False, seconds)


def _fed_on(trial: Trial) -> bool:
    """Feed on if little is left that has never started, so that all processes have something to run; false."""
    lines = trial.lines()
    if len(set(by_key(lines, "E")) - set(by_key(lines, "S"))) < 20:
        trial.feed(40, ms=(10, 200))
        trial.running.fed()
    return False


def _busy(trial: Trial) -> set[int]:
    lines = trial.lines()
    done = {(line.key, line.pid) for line in lines if line.event == "F"}
    running = {line.pid for line in lines if line.event == "S" and (line.key, line.pid) not in done}
    return {pid for pid in running if Path(f"/proc/{pid}/exe").exists()}  # a zombie has none


FAULTS: dict[str, tuple[str, Callable[[Trial], None]]] = {
    "1": ("everysec", killed_workers),
    "5": ("everysec", crashed_redis),
    "5-empty": ("none", crashed_redis),
    "7": ("everysec", absent_redis),
}
"""Row → (how Redis persists, what is done)."""
