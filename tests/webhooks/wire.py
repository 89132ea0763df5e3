"""A server below HTTP, for receivers that break the rules."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

Talk = Callable[[Callable[[], bytes], "Wire"], Iterator[bytes]]
"""Hears the requests of one connection, one a call, and yields what to send."""

_LENGTH = re.compile(rb"(?i)content-length: *([0-9]+)")


class Wire:
    """Serves each connection by a talk, in a thread of its own."""

    def __init__(self, talk: Talk) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.stopped = threading.Event()
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/hook"

    def pace(self) -> bool:
        """Wait a moment between two bytes; False once the test is over."""
        return not self.stopped.wait(0.02)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which would answer one caller more
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            for piece in self._talk(lambda: self._read(connection), self):
                connection.sendall(piece)
        except OSError:
            return
        finally:
            connection.close()

    def _read(self, connection: socket.socket) -> bytes:
        """Return one whole request; raises ConnectionError when the caller leaves before."""
        received = b""
        while piece := connection.recv(65_536):
            received += piece
            head, end, body = received.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if end and length and len(body) >= int(length[1]):
                self.requests.append(received)
                return received
        raise ConnectionError
