"""Where a system has its turn: the private servers all share, its driver and workers, the stamps its jobs leave."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

from benchmarks.peers.stamp import RECORD
from benchmarks.systems import ROOT, System
from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import Valkey, wheel_program

POSTGRES = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "512MB", "track_commit_timestamp": "on"}
"""As durable as production; the time of a commit is asked for by measures/lag.py."""
STOP_WITHIN_S = 5


class Stuck(Exception):
    """Raised when a system's driver or worker ended, or said nothing for too long."""

    def __init__(self, system: str, what: str, log: Path) -> None:
        """Show the end of what it wrote."""
        super().__init__(f"{system}: {what}; its log ends:\n{log.read_text(errors='replace')[-2000:]}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A job ran: its number, and when its body did (CLOCK_MONOTONIC, nanoseconds)."""

    n: int
    at: int


class Stage:
    """One system's turn. Jobs are numbered through, so that every measure knows its own."""

    def __init__(self, servers: Servers, system: System) -> None:
        self.servers, self.system = servers, system
        self.place = servers.place / system.name
        self.place.mkdir(exist_ok=True)
        self.log = self.place / "log"
        self.stamps_file = self.place / "stamps"
        self.stamps_file.unlink(missing_ok=True)
        self.next = 0
        self.environment = servers.environment(system) | {"BENCH_STAMPS": str(self.stamps_file)}
        self._driver: subprocess.Popen[str] | None = None
        self._workers: list[subprocess.Popen[str]] = []

    def tell(self, do: str, *, most: int = 1, **asked: Any) -> dict[str, Any]:
        """Have the driver enqueue the next jobs; returns its answer. Raises Stuck."""
        if self._driver is None:
            self._driver = self._start(self.system.driver, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if do == "urgent":
            asked["n"] = self.next
        elif do != "prepare":
            asked |= {"first": self.next, "most": most}
        pipe = self._driver
        assert pipe.stdin  # noqa: S101  # asked for above
        assert pipe.stdout  # noqa: S101
        pipe.stdin.write(json.dumps({"do": do, **asked}) + "\n")
        pipe.stdin.flush()
        line = pipe.stdout.readline()
        if not line:
            raise Stuck(self.system.name, f"the driver ended while asked to {do}", self.log)
        answer: dict[str, Any] = json.loads(line)
        if do != "prepare":
            self.next += answer.get("count", len(answer.get("at", [1])))
        return answer

    def start_workers(self) -> None:
        """Start what the system's table row names."""
        self._workers = [self._start(command) for command in self.system.workers]

    def stop_workers(self) -> None:
        """Ask them to stop; kill those that take longer than some seconds, with what they started."""
        for worker in self._workers:
            worker.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        for worker in self._workers:
            try:
                worker.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
        self._workers = []

    def close(self) -> None:
        """Stop everything that this turn started."""
        self.stop_workers()
        if self._driver is not None:
            assert self._driver.stdin  # noqa: S101  # a pipe
            self._driver.stdin.close()
            try:
                self._driver.wait(5)
            except subprocess.TimeoutExpired:
                self._driver.kill()
                self._driver.wait()

    def ran(self) -> int:
        """Return how many records there are."""
        return self.stamps_file.stat().st_size // RECORD.size if self.stamps_file.exists() else 0

    def stamps(self) -> list[Stamp]:
        """Return all records, in the order in which they were written."""
        return [Stamp(n, at) for n, _, at in RECORD.iter_unpack(self.stamps_file.read_bytes())]

    def wait_for(self, total: int, *, seconds: float) -> bool:
        """Wait until `total` bodies have run; whether they did in time. Raises Stuck if a worker has died."""
        deadline = time.monotonic() + seconds
        while self.ran() < total:
            if any(worker.poll() is not None for worker in self._workers):
                raise Stuck(self.system.name, "a worker ended", self.log)
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def wait_for_rows(self) -> None:
        """Wait until no row is unfinished, for a system that is judged by its rows."""
        if not self.system.rows:
            return
        with psycopg.connect(self.servers.database(self.system), autocommit=True) as connection:
            while connection.execute("SELECT 1 FROM jobs_job WHERE finished_at IS NULL LIMIT 1").fetchone():
                time.sleep(0.002)

    def worker_pids(self) -> list[int]:
        """Return the workers and all that they started."""
        return [pid for worker in self._workers for pid in (worker.pid, *_descendants(worker.pid))]

    def _start(self, command: Sequence[str], **pipes: Any) -> subprocess.Popen[str]:
        with self.log.open("ab") as log:
            settings = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **pipes}
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, text=True, start_new_session=True, **settings
            )


class Servers:
    """One Valkey and one PostgreSQL for all, with a database for each system; only one system runs at a time."""

    def __init__(self, place: Path, valkey: Valkey, postgres: Postgres) -> None:
        self.place, self.valkey, self.postgres = place, valkey, postgres
        self._known: set[str] = set()

    def database(self, system: System) -> str:
        """Return the address of the system's own database."""
        return self.postgres.url.rpartition("/")[0] + f"/bench_{system.name}"

    def redis(self) -> redis.Redis:
        """Return a client."""
        return redis.Redis.from_url(self.valkey.url)

    def used_bytes(self) -> int:
        """Return the memory that Redis' data take."""
        with self.redis() as client:
            return int(client.info("memory")["used_memory"])

    def script_us(self) -> float:
        """Return the time that Redis has spent in scripts so far, in microseconds."""
        with self.redis() as client:
            told = client.info("commandstats")
        return sum(
            float(told[name]["usec"]) for name in ("cmdstat_evalsha", "cmdstat_eval", "cmdstat_fcall") if name in told
        )

    def environment(self, system: System) -> dict[str, str]:
        """Return what the system's processes are told."""
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "REDIS_URL": self.valkey.url,
            "REDIS_SOCKET": str(self.valkey.socket),
            "DATABASE_URL": self.database(system),
            **({"DJANGO_SETTINGS_MODULE": "benchmarks.settings"} if system.rows else {}),
            "PYTHONPATH": str(ROOT),
            "ENV_FILES": "",
            "DEBUG": "false",  # else Django keeps the text of every statement
            "SECRET_KEY": secrets.token_urlsafe(50),
            "HTTPS": "false",
            "LOG_LEVEL": "warning",
            "NODE_ENV": "production",
        }

    @contextmanager
    def turn(self, system: System) -> Iterator[Stage]:
        """Clear the servers for the system and give it the stage."""
        with self.redis() as client:
            client.flushall()
        if system.name not in self._known:
            with psycopg.connect(self.postgres.url, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "bench_{system.name}"'.encode())
        elif system.clears:
            with psycopg.connect(self.database(system), autocommit=True) as connection:
                connection.execute(f"TRUNCATE {', '.join(system.clears)} CASCADE".encode())
        stage = Stage(self, system)
        try:
            if system.name not in self._known:
                stage.tell("prepare")
                self._known.add(system.name)
            yield stage
        finally:
            stage.close()


@contextmanager
def servers(place: Path) -> Iterator[Servers]:
    """Start both servers. Raises ServerDied and what finding their programs raises.

    SIGTERM ends the run as an exception would, so that the workers, in sessions of their own, end too.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with ExitStack() as stack:
        valkey = stack.enter_context(Valkey(place / "valkey", program=wheel_program()))
        postgres = stack.enter_context(Postgres(settings=POSTGRES))
        yield Servers(place, valkey, postgres)


def _descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield child
            yield from _descendants(child)
