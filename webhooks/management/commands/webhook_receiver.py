"""Runs a webhook receiver that verifies signatures, for trying out and demos."""

import json
import signal
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from webhooks.receiver import Receiver


class Command(BaseCommand):
    """Writes one JSON line for each request to standard output, and to a file if asked."""

    help = "Listen for webhooks, verify each, and write one JSON line about it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where to listen, which secrets to accept, and where to write."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
        parser.add_argument(
            "--secret", action="append", required=True, help="secret of the endpoint; repeat it during a rotation"
        )
        parser.add_argument("--log", type=Path, help="append the lines to this file too")

    def handle(self, *, host: str, port: int, secret: list[str], log: Path | None, **options: Any) -> None:
        """Serve until SIGTERM or Ctrl-C; the first line says where."""
        writing = threading.Lock()

        def write(record: dict[str, Any]) -> None:
            line = json.dumps(record, ensure_ascii=False)
            with writing:
                self.stdout.write(line)
                self.stdout.flush()
                if log is not None:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(line + "\n")

        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with Receiver((host, port), secrets=secret, report=write) as receiver:
            self.stdout.write(f"Listening on {receiver.url}")
            self.stdout.flush()
            try:
                receiver.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("Stopped")
