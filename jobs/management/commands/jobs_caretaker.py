"""Runs the caretaker; `rundramatiq` starts it."""

from __future__ import annotations

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs.caretaker.caretaker import Caretaker
from jobs.exposition.door import open_door
from jobs.exposition.folder import keep_writing
from jobs.exposition.vitals import Vitals


class Command(BaseCommand):
    """A child of `rundramatiq`; by hand for a caretaker of its own."""

    help = "Runs the caretaker: patrol, reclaim, retention. Any number may run, one leads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the supervisor gives."""
        parser.add_argument("--id", default="")
        parser.add_argument("--pulse-fd", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Take care until told to stop or the supervisor is gone."""
        vitals = Vitals(lambda: not caretaker.stopped.is_set())
        caretaker = Caretaker(on_turn=vitals.turned)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, lambda *_: caretaker.stop())
        if options["pulse_fd"] is not None:
            threading.Thread(target=_watch_lifeline, args=(caretaker,), daemon=True).start()
        else:
            open_door(vitals.pages())  # a child's supervisor answers for it
        keep_writing(caretaker.stopped)
        caretaker.run()


def _watch_lifeline(caretaker: Caretaker) -> None:
    """Stop when standard input ends: the supervisor is gone."""
    os.read(0, 1)  # not sys.stdin: its lock would be held when the interpreter ends
    caretaker.stop()
