"""Calls functions at their time, from one thread: a timer thread for each short call costs more than the call."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, frozen=True, slots=True)
class _Due:
    at: float
    turn: int
    call: Callable[[], None] = field(compare=False)
    unless: threading.Event = field(compare=False)


class Watchman:
    """Keeps what is due in a heap. The thread starts with the first call, and mostly sleeps.

    What need not happen any more stays in the heap until it is the first; then all of its kind go at once.
    """

    def __init__(self) -> None:
        self._due: list[_Due] = []
        self._turns = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def call(self, function: Callable[[], None], *, after: float, unless: threading.Event) -> None:
        """Call `function`, which must be quick and not raise, in `after` seconds unless the event is set by then."""
        due = _Due(time.monotonic() + after, next(self._turns), function, unless)
        with self._changed:
            heapq.heappush(self._due, due)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="webhook deadlines", daemon=True)
                self._thread.start()
            if self._due[0] is due:
                self._changed.notify()

    def _watch(self) -> None:
        while True:
            self._next().call()

    def _next(self) -> _Due:
        """Wait for what is due."""
        with self._changed:
            while True:
                while self._due and self._due[0].unless.is_set():
                    heapq.heappop(self._due)
                left = self._due[0].at - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)
                self._changed.wait(left)


WATCHMAN = Watchman()
