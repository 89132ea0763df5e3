"""The outside ledger: one line an event, on disk before the call returns."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tests.chaos.clock import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event: A about to be enqueued, E enqueue committed, S body started, F effect done."""

    event: str
    key: str
    at: float
    pid: int
    attempt: int
    generation: int = 0
    """Of a start: the generation under which its claim put the row."""


def note(ledger: str | Path, event: str, key: str, *, attempt: int = 0, generation: int = 0) -> None:
    """Append one event; the line is whole or absent, whoever is killed meanwhile."""
    line = {"event": event, "key": key, "at": now(), "pid": os.getpid(), "attempt": attempt}
    note_lines(ledger, [line | {"generation": generation}])


def note_all(ledger: str | Path, event: str, keys: list[str]) -> None:
    """Append one event for many keys with one wait for the disk."""
    at, pid = now(), os.getpid()
    note_lines(ledger, [{"event": event, "key": key, "at": at, "pid": pid, "attempt": 0} for key in keys])


def note_lines(ledger: str | Path, lines: list[dict[str, object]]) -> None:
    """Append lines as they are."""
    fd = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(fd, "".join(json.dumps(line) + "\n" for line in lines).encode())
        os.fsync(fd)
    finally:
        os.close(fd)


def read(ledger: str | Path) -> list[Line]:
    """Return all events in the order of the file."""
    path = Path(ledger)
    return [Line(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


class Reader:
    """Reads a ledger that grows: again and again, only what is new."""

    def __init__(self, ledger: str | Path) -> None:
        self._path, self._to = Path(ledger), 0
        self._lines: list[Line] = []
        self._lock = Lock()

    def read(self) -> list[Line]:
        """Return all events so far."""
        with self._lock:
            if self._path.exists():
                with self._path.open("rb") as file:
                    file.seek(self._to)
                    new = file.read()
                whole = new[: new.rfind(b"\n") + 1]
                self._to += len(whole)
                self._lines += [Line(**json.loads(line)) for line in whole.splitlines()]
            return list(self._lines)


def by_key(lines: Sequence[Line], event: str) -> Mapping[str, list[Line]]:
    """Return the lines of one event by their key."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.event == event:
            found[line.key].append(line)
    return found
