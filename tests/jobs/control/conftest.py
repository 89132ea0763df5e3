"""What the tests of control share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jobs.workers import start_workers, stop_workers
from tests.jobs.conftest import Crew
from tests.probe.actors import read

Start = Callable[..., Crew]


def starts(ledger: str) -> list[dict[str, Any]]:
    """Return the starts in a ledger."""
    return [line for line in read(ledger) if line["event"] == "S"]


def most_at_once(ledger: str) -> int:
    """Return how many runs overlapped at most."""
    running = most = 0
    for line in sorted(read(ledger), key=lambda line: (line["at"], line["event"] == "S")):
        running += 1 if line["event"] == "S" else -1
        most = max(most, running)
    return most


@pytest.fixture
def workers(transactional_db: None, redis: Any) -> Iterator[None]:
    """Run workers on threads of this process; at the end they interrupt what runs."""
    start_workers()
    yield
    stop_workers(grace_s=0.0)


@pytest.fixture
def ledger(tmp_path: Any) -> str:
    """Hand out the name of a ledger file."""
    return f"{tmp_path}/ledger"
