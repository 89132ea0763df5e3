"""The HTTP door of a supervisor or a caretaker of its own, for probes and for Prometheus."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from jobs.conf import jobs_settings
from jobs.errors import InvalidSettings
from jobs.exposition.text import CONTENT_TYPE, exposition

logger = logging.getLogger("jobs.exposition")

Page = Callable[[], tuple[bool, str, bytes]]
"""What answers a path: all is well?, content type, body."""


def verdict(name: str, judge: Callable[[], bool]) -> Page:
    """Return a page of one word, true or false."""

    def page() -> tuple[bool, str, bytes]:
        good = judge()
        return good, "application/json", json.dumps({name: good}).encode()

    return page


def counted() -> tuple[bool, str, bytes]:
    """Return what the processes of this service have counted."""
    return True, CONTENT_TYPE, exposition()


def open_door(pages: Mapping[str, Page]) -> ThreadingHTTPServer | None:
    """Serve pages on `JOBS["WORKER_ADDRESS"]` from threads of their own; None if no address is set.

    Raises InvalidSettings for an address that is none, OSError for one that is taken.
    """
    address = jobs_settings().worker_address
    if not address:
        return None
    host, _, port = address.rpartition(":")
    if not port.isdecimal():
        raise InvalidSettings("WORKER_ADDRESS", f"{address!r} has no port", "127.0.0.1:9192")
    server = _Server((host.strip("[]"), int(port)), _handler(pages))
    Thread(target=server.serve_forever, name="door", daemon=True).start()
    logger.info("Probes and metrics on %s", address)
    return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(pages: Mapping[str, Page]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds: a caller that says nothing holds no thread

        def do_GET(self) -> None:  # http.server's name
            page = pages.get(self.path.partition("?")[0])
            if page is None:
                self.send_error(404)
                return
            good, kind, body = page()
            self.send_response(200 if good else 503)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
            logger.debug(format, *args)

    return Handler
