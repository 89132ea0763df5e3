"""The waker thread: blocks on the markers of the queues that want work, and on the process's inbox."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import redis

from jobs.dispatch.connect import connect
from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.keys import inbox_key

logger = logging.getLogger("jobs.worker")
BLOCK_S = 1.0


class Waker(Thread):
    """Calls `on_wake(queue)` for a popped marker, `on_order(text)` for an order; one blocked connection a process."""

    def __init__(
        self,
        url: str,
        dispatcher: Dispatcher,
        process: str,
        *,
        on_wake: Callable[[str], None],
        on_order: Callable[[str], None],
    ) -> None:
        super().__init__(name="waker", daemon=True)
        self._url = url
        self._dispatcher, self._process = dispatcher, process
        self._inbox = inbox_key(dispatcher.prefix, process)
        self._on_wake, self._on_order = on_wake, on_order
        self.listening: frozenset[str] = frozenset()
        self._stopped = Event()

    def listen(self, queues: frozenset[str]) -> bool:
        """Listen to these queues from now on; true if the blocked call must be interrupted to learn of a new one."""
        wider = bool(queues - self.listening)
        self.listening = queues
        return wider

    def stop(self) -> None:
        """End after the present call."""
        self._stopped.set()

    def blocks(self) -> bool:
        """Tell whether there is something to block on."""
        return True

    def run(self) -> None:
        """Block, tell, block again."""
        failures, client = 0, None
        while not self._stopped.is_set():
            if not self.blocks():
                continue
            queues = {self._dispatcher.keys(queue).marker: queue for queue in self.listening}
            try:
                if client is None:
                    client = connect(self._url, timeout_s=BLOCK_S + 4)
                popped: Any = client.bzpopmin([*([self._inbox] if self._inbox else ()), *queues], timeout=BLOCK_S)
                failures = 0
            except (redis.RedisError, OSError):
                failures += 1
                self._stopped.wait(min(1.0, 0.02 * 2 ** min(failures, 6)))
                continue
            if popped is None:
                continue
            key, member, _ = popped
            if key in queues:
                self._on_wake(queues[key])
            elif member != "wake":
                self._on_order(member)
        if client is not None:
            client.close()
