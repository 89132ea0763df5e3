"""The three systems: how each is started, kept running and fed. All as they come, with their default settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.chaos.store import Store

ROOT = Path(__file__).resolve().parents[3]
NODE_MODULES = ROOT / "var" / "peers" / "node_modules"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Commands of a system; `workers` are processes that somebody must start again when they end, as systemd does."""

    name: str
    workers: Sequence[Sequence[str]]
    feeder: Sequence[str]


def systems(ledger: str) -> dict[str, System]:
    """Return what is installed here, by name."""
    bullmq = ["node", str(Path(__file__).with_name("bullmq.cjs"))]
    stock = "tests.chaos.peers.stock_dramatiq"
    found = [
        System(
            name="ours",
            workers=[[sys.executable, "manage.py", "rundramatiq", "--queues", "chaos", "--processes", "2"]],
            feeder=[sys.executable, "-m", "tests.chaos.peers.ours", ledger],
        ),
        System(
            name="dramatiq",
            workers=[[sys.executable, "-m", "dramatiq", stock, "--processes", "2", "--threads", "4"]],
            feeder=[sys.executable, "-m", stock, ledger],
        ),
        System(name="bullmq", workers=[[*bullmq, "work", ledger]] * 2, feeder=[*bullmq, "feed", ledger]),
    ]
    return {system.name: system for system in found if system.name != "bullmq" or NODE_MODULES.exists()}


class Running:
    """A system at work: its worker processes are started again when they end; `feed` hands a batch over."""

    def __init__(self, system: System, place: Path, store: Store) -> None:
        self.system, self.ledger = system, str(place / "ledger")
        self._environment = {**os.environ, "REDIS_SOCKET": str(store.socket), "NODE_PATH": str(NODE_MODULES)}
        self._log: IO[bytes] = (place / "processes.log").open("ab")
        self._workers = [self._start(command) for command in system.workers]
        self._feeder = self._start(system.feeder)
        self.restarts, self._fed = 0, 0

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        feeds = command is self.system.feeder
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE if feeds else subprocess.DEVNULL,
            stdout=subprocess.PIPE if feeds else self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def keep(self) -> None:
        """Start again what has ended."""
        for n, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._workers[n] = self._start(self.system.workers[n])
                self.restarts += 1

    def feed(self, jobs: Sequence[dict[str, object]]) -> None:
        """Hand a batch to the feeder, which enqueues it as soon as it can."""
        assert self._feeder.stdin
        self._feeder.stdin.write(json.dumps(jobs).encode() + b"\n")
        self._feeder.stdin.flush()
        self._fed += 1

    def fed(self) -> None:
        """Wait until every batch is enqueued."""
        assert self._feeder.stdout
        for _ in range(self._fed):
            self._feeder.stdout.readline()
        self._fed = 0

    def end(self) -> None:
        """Kill everything, children first."""
        for popen in [*self._workers, self._feeder]:
            for pid in [*_children(popen.pid), popen.pid]:
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    continue
            popen.wait()
        self._log.close()


def _children(pid: int) -> list[int]:
    texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(word) for text in texts for word in text.split()]
