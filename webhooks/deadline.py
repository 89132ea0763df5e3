"""Ends an HTTP call on time, whatever the other side does.

The timeout of `requests` counts from one received piece to the next, so that a server which drips a byte a second
holds a worker for hours: in the TLS handshake, in the headers, or in the body. A deadline shuts the socket down.
"""

import contextlib
import os
import socket
import threading
from types import TracebackType
from typing import Any, Self

from ssrfguard.requests import SafeAdapter
from urllib3.connectionpool import HTTPConnectionPool

from webhooks.watchman import WATCHMAN


class Deadline:
    """A span of time after which the watched sockets are shut down; a context manager.

    Sockets are watched by a duplicate of their descriptor, because TLS takes over the original.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._over = threading.Event()

    def __enter__(self) -> Self:
        WATCHMAN.call(self._cut, after=self.seconds, unless=self._over)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        with self._lock:
            while self._watched:
                self._watched.pop().close()

    def watch(self, connected: socket.socket) -> None:
        """Shut `connected` down when the time is up, at once if it is."""
        with self._lock:
            self._watched.append(socket.socket(fileno=os.dup(connected.fileno())))
            if self.passed:
                self._shut_down()

    def _cut(self) -> None:
        with self._lock:
            if self._over.is_set():
                return  # the call ended in time; what it watched may be another call's by now
            self.passed = True
            self._shut_down()

    def _shut_down(self) -> None:
        for watched in self._watched:
            with contextlib.suppress(OSError):  # the other side was faster
                watched.shutdown(socket.SHUT_RDWR)


class DeadlineAdapter(SafeAdapter):
    """The guarded adapter whose connections, fresh and reused, are watched by the deadline of the moment.

    Belongs to one thread, which makes one call at a time.
    """

    deadline: Deadline | None = None

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """Let the pools of the guard make watched connections."""
        super().init_poolmanager(*sizes, **options)
        guarded = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {
            scheme: _watched_pool(pool, self) for scheme, pool in guarded.items()
        }

    def watch(self, connected: socket.socket) -> None:
        """Put a socket under the deadline of the call that is going on."""
        if self.deadline is not None:
            self.deadline.watch(connected)


def _watched_pool(pool: type[HTTPConnectionPool], adapter: DeadlineAdapter) -> type[HTTPConnectionPool]:
    class WatchedConnection(pool.ConnectionCls):  # type: ignore[name-defined, misc]  # the guard's class, made at run time
        def _new_conn(self) -> socket.socket:
            fresh: socket.socket = super()._new_conn()
            adapter.watch(fresh)
            return fresh

        def request(self, *args: object, **options: object) -> None:
            if self.sock is not None:
                adapter.watch(self.sock)
            super().request(*args, **options)

    class WatchedPool(pool):  # type: ignore[valid-type, misc]
        ConnectionCls = WatchedConnection

    return WatchedPool
