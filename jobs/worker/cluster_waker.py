"""Waking in a Cluster: markers of two queues are on two machines, so that each queue has a blocked call of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread

from jobs.dispatch.dispatcher import Dispatcher
from jobs.worker.waker import BLOCK_S, Waker


class ClusterWaker:
    """As a `Waker`, with a thread and a connection for the inbox and for each queue."""

    def __init__(
        self,
        url: str,
        dispatcher: Dispatcher,
        process: str,
        queues: Sequence[str],
        *,
        on_wake: Callable[[str], None],
        on_order: Callable[[str], None],
    ) -> None:
        self.listening: frozenset[str] = frozenset()
        self._inbox = Waker(url, dispatcher, process, on_wake=on_wake, on_order=on_order)
        self._markers = {queue: _MarkerWaker(url, dispatcher, process, queue, on_wake=on_wake) for queue in queues}

    def _threads(self) -> list[Waker]:
        return [self._inbox, *self._markers.values()]

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads():
            thread.start()

    def stop(self) -> None:
        """End after the present calls."""
        for thread in self._threads():
            thread.stop()

    def is_alive(self) -> bool:
        """Tell whether every thread lives."""
        return all(Thread.is_alive(thread) for thread in self._threads())

    def listen(self, queues: frozenset[str]) -> bool:
        """Listen to these queues from now on; no call need be interrupted for another one."""
        self.listening = queues
        for queue, thread in self._markers.items():
            thread.wants(listens=queue in queues)
        return False


class _MarkerWaker(Waker):
    """Blocks on one queue's marker, while it is listened to."""

    def __init__(
        self, url: str, dispatcher: Dispatcher, process: str, queue: str, *, on_wake: Callable[[str], None]
    ) -> None:
        super().__init__(url, dispatcher, process, on_wake=on_wake, on_order=lambda _: None)
        self.name = f"waker-{queue}"
        self._inbox, self._wanted = "", Event()
        self.listening = frozenset({queue})

    def wants(self, *, listens: bool) -> None:
        """Block on the marker from now on, or no more after the present call."""
        (self._wanted.set if listens else self._wanted.clear)()

    def blocks(self) -> bool:
        """Wait until the queue is listened to."""
        return self._wanted.wait(BLOCK_S)

    def stop(self) -> None:
        """End after the present call."""
        super().stop()
        self._wanted.set()
