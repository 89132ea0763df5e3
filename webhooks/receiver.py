"""A small real receiver: verifies what arrives and writes a JSON line about it. For trying out, demos and tests."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from jobs import timestamp
from webhooks.signing import ID_HEADER, VerificationFailed, verify

LONGEST_BODY = 1_048_576


class Receiver(ThreadingHTTPServer):
    """An HTTP server that answers 200 to what one of `secrets` signed, and 401 to everything else.

    `report` hears one record for each request, from the thread that served it.
    """

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], *, secrets: Sequence[str], report: Callable[[dict[str, Any]], None]
    ) -> None:
        self.secrets = secrets
        self.report = report
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        """Verify one delivery, report it, answer."""
        body = self._body()
        if body is None:
            self._answer(413, {"error": "Content-Length of at most 1 MiB required"})
            return
        record: dict[str, Any] = {"receivedAt": timestamp(datetime.now(UTC)), "id": self.headers.get(ID_HEADER)}
        try:
            verify(secrets=self.server.secrets, headers=dict(self.headers), body=body, now=int(time.time()))
        except VerificationFailed as error:
            self.server.report({"result": "rejected", "reason": error.flaw, **record})
            self._answer(401, {"error": error.flaw})
            return
        self.server.report({"result": "verified", **record, "event": _json_or_text(body)})
        self._answer(200, {"received": True})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        """Stay silent: the report says it all."""

    def _body(self) -> str | None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            return None
        return self.rfile.read(int(length)).decode(errors="replace")

    def _answer(self, status: int, value: dict[str, object]) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _json_or_text(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
