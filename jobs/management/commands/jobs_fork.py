"""Runs what a middleware wants beside the workers; `rundramatiq` starts it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

import dramatiq
from django.core.management.base import BaseCommand

from jobs.broker import forks


class Command(BaseCommand):
    """A child of `rundramatiq`: one of the functions that middleware name as `forks`."""

    help = "Runs a middleware's function in a process of its own (started by rundramatiq)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the supervisor gives."""
        parser.add_argument("--id", default="")
        parser.add_argument("--number", type=int, required=True)
        parser.add_argument("--pulse-fd", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop, the function returns, or the supervisor is gone."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, lambda *_: os._exit(0))
        threading.Thread(target=_watch_lifeline, daemon=True).start()
        sys.exit(forks(dramatiq.get_broker())[options["number"]]())


def _watch_lifeline() -> None:
    """Stop when standard input ends: the supervisor is gone."""
    os.read(0, 1)  # not sys.stdin: its lock would be held when the interpreter ends
    os._exit(0)
