"""A TCP proxy before a server's socket: passes everything on, and on order loses one reply."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from pathlib import Path

CHUNK = 1 << 16
PARSED = re.compile(rb"P.{4}([^\0]+)\0([^\0]+)\0", re.DOTALL)
BOUND = re.compile(rb"B.{4}[^\0]*\0([^\0]+)\0", re.DOTALL)
"""PostgreSQL's messages for a statement that is prepared under a name, and for one that is run by its name."""


class Proxy:
    """Passes bytes on from a port of its own to a server's socket.

    `cut(pattern)` lets the next request that holds the pattern reach the server, waits for the reply, and closes the
    caller's connection in its place. A statement counts when it runs, not when it is prepared.
    """

    def __init__(self, server: Path, *, address: str = "127.0.0.1") -> None:
        self.server = str(server)
        self.lost = 0
        self._pattern = b""
        self._armed = threading.Lock()
        self._listener = socket.create_server((address, 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def cut(self, pattern: bytes) -> None:
        """Lose the reply to the next request that holds `pattern`."""
        with self._armed:
            self._pattern = pattern

    def has_cut(self) -> bool:
        """Tell whether the request has come by."""
        return not self._pattern

    def _accept(self) -> None:
        while True:
            caller, _ = self._listener.accept()
            caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.server)
            except OSError:
                caller.close()
                continue
            doomed = threading.Event()
            for source, target, asks in ((caller, server, True), (server, caller, False)):
                threading.Thread(target=self._pump, args=[source, target, doomed, asks], daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, doomed: threading.Event, asks: bool) -> None:
        prepared: dict[bytes, bytes] = {}
        with suppress(OSError):  # the other direction has closed both
            while data := source.recv(CHUNK):
                if asks and self._hit(data, prepared):
                    doomed.set()
                elif not asks and doomed.is_set():
                    break
                target.sendall(data)
        for end in (source, target):
            _close(end)

    def _hit(self, data: bytes, prepared: dict[bytes, bytes]) -> bool:
        prepared.update(PARSED.findall(data))
        said = PARSED.sub(b"", data) + b"".join(prepared.get(name, b"") for name in BOUND.findall(data))
        with self._armed:
            if not self._pattern or self._pattern not in said:
                return False
            self._pattern = b""
            self.lost += 1
            return True


def _close(end: socket.socket) -> None:
    with suppress(OSError):  # closed already
        end.shutdown(socket.SHUT_RDWR)
    end.close()
