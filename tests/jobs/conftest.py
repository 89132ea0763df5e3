"""Fixtures of the engine's tests: workers in this process and workers as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.models import Job, Process
from jobs.services.dispatching import dispatcher
from jobs.workers import start_workers, stop_workers


@pytest.fixture(autouse=True)
def fresh_dispatcher() -> Iterator[None]:
    """Let every test connect to the Redis that it is given."""
    dispatcher.cache_clear()
    yield
    if dispatcher.cache_info().currsize:
        dispatcher().close()
    dispatcher.cache_clear()


@pytest.fixture
def workers(transactional_db: None, redis: Any) -> Iterator[None]:
    """Run workers on threads of this process."""
    start_workers()
    yield
    stop_workers()


def until(true: Callable[[], Any], *, seconds: float = 20.0, what: str = "") -> Any:
    """Return the first true answer; fails after `seconds`. For waiting on other processes, which send no signal."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = true()
        if answer:
            return answer
        time.sleep(0.02)
    states = list(Job.objects.values_list("job_id", "state", "attempts", "losses", "error")[:10])
    raise AssertionError(f"not within {seconds} s: {what or true}; jobs: {states}")


class Crew:
    """A `manage.py rundramatiq` of its own."""

    def __init__(self, environment: dict[str, str], log: Path, *flags: str) -> None:
        self.log = log
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "manage.py", "rundramatiq", "--queues", "calculation", *flags],
                env={**environment, "DJANGO_SETTINGS_MODULE": "tests.settings"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def worker_pids(self) -> list[int]:
        """Return the pids of living worker children."""
        listed = subprocess.run(
            ["/bin/ps", "-o", "pid=,args=", "--ppid", str(self.popen.pid)], capture_output=True, text=True, check=False
        )
        return [int(line.split()[0]) for line in listed.stdout.splitlines() if "jobs_worker" in line]

    def stop(self, number: int = signal.SIGTERM, *, seconds: float = 30.0) -> int:
        """Signal the supervisor and return its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        return self.popen.wait(seconds)

    def kill(self) -> None:
        """Kill what is left, children first."""
        for pid in [*self.worker_pids(), self.popen.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.popen.wait()


@pytest.fixture
def crew(child_environment: dict[str, str], redis: Any, tmp_path: Path) -> Iterator[Callable[..., Crew]]:
    """Hand out a function that starts workers as processes, on this test's database and Redis."""
    crews: list[Crew] = []

    def start(*flags: str) -> Crew:
        crews.append(Crew(child_environment, tmp_path / "workers.log", *flags))
        count = Process.objects.count
        before = count()
        until(lambda: count() > before, what="a worker process")
        return crews[-1]

    yield start
    for one in crews:
        if one.popen.poll() is None:
            one.stop()
        one.kill()
