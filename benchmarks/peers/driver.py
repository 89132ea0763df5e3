"""Enqueues for one system as it is told on standard input: `python -m benchmarks.peers.driver SYSTEM`.

A line asks {"do": …}, a line answers; bullmq/driver.mjs speaks the same. Times are CLOCK_MONOTONIC in nanoseconds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

Answer = dict[str, Any]


class Driver:
    """Drives the module of a system.

    It has `send(n)`, and where the system can `send_many(first, count)`, `send_together(first, count)` (in one
    transaction), `send_later(n, ms)`, `send_urgent(n)`, `prepare()`.
    """

    def __init__(self, system: Any) -> None:
        self.system = system

    def prepare(self) -> Answer:
        """Make tables, once."""
        getattr(self.system, "prepare", lambda: None)()
        return {}

    def one(self, first: int, most: int, seconds: float) -> Answer:
        """Send one by one until `most` are sent or the time is over."""
        return _timed(first, most, seconds, 1, lambda n, _: self.system.send(n))

    def together(self, first: int, most: int, seconds: float) -> Answer:
        """Send in transactions of 500 jobs each."""
        return _timed(first, most, seconds, 500, self.system.send_together)

    def many(self, first: int, most: int, seconds: float) -> Answer:
        """Send in bulk, or one by one where there is no bulk call."""
        if not hasattr(self.system, "send_many"):
            return self.one(first, most, seconds)
        return _timed(first, most, seconds, self.system.CHUNK, self.system.send_many)

    def spaced(self, first: int, most: int, gap_ms: float) -> Answer:
        """Send one every `gap_ms`; answer when each call began."""
        return {"at": [_now_then(lambda n=n: self.system.send(n)) for n in _every(first, most, gap_ms)]}

    def offered(self, first: int, most: int, rate: int) -> Answer:
        """Send `rate` jobs a second, in bulk, every 20 ms."""
        each = rate // 50
        for n in _every(0, most // each, 20):
            self.system.send_many(first + n * each, each)
        return {"count": most // each * each}

    def later(self, first: int, most: int, ms: int) -> Answer:
        """Send jobs for `ms` from now, 10 ms apart; answer when each is due."""
        begun = [_now_then(lambda n=n: self.system.send_later(n, ms)) for n in _every(first, most, 10)]
        return {"at": [at + ms * 1_000_000 for at in begun]}

    def fill(self, first: int, most: int, ms: int) -> Answer:
        """Send in bulk without a limit of time, for `ms` from now."""
        for n in range(first, first + most, self.system.CHUNK):
            self.system.send_many(n, min(self.system.CHUNK, first + most - n), ms)
        return {"count": most}

    def grouped(self, first: int, most: int, group: str) -> Answer:
        """Send in bulk for a group (none if it is empty); answer when the call began and ended."""
        begun = time.monotonic_ns()
        for n in range(first, first + most, self.system.CHUNK):
            self.system.send_grouped(n, min(self.system.CHUNK, first + most - n), group)
        return {"begun": begun, "ended": time.monotonic_ns(), "count": most}

    def urgent(self, n: int) -> Answer:
        """Send one that should pass all others."""
        self.system.send_urgent(n)
        return {}


def _timed(first: int, most: int, seconds: float, step: int, send: Callable[[int, int], None]) -> Answer:
    begun = time.monotonic()
    sent = 0
    while sent < most and time.monotonic() - begun < seconds:
        send(first + sent, step)
        sent += step
    return {"count": sent, "seconds": time.monotonic() - begun}


def _every(first: int, most: int, gap_ms: float) -> Iterator[int]:
    begun = time.monotonic()
    for i in range(most):
        time.sleep(max(0.0, begun + i * gap_ms / 1000 - time.monotonic()))
        yield first + i


def _now_then(call: Callable[[], None]) -> int:
    at = time.monotonic_ns()
    call()
    return at


def main() -> None:
    """Answer until standard input ends."""
    driver = Driver(import_module(f"benchmarks.peers.{sys.argv[1]}"))
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(getattr(driver, asked.pop("do"))(**asked)), flush=True)


if __name__ == "__main__":
    main()
