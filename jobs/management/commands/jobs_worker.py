"""Runs one worker process; `rundramatiq` starts it."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

import dramatiq
from django.core.management.base import BaseCommand

from jobs.exposition.folder import keep_writing
from jobs.worker.child import EXIT_RETIRED
from jobs.worker.lease import enter
from jobs.worker.pulse import Pulse
from jobs.worker.worker import Worker

EXIT_UNHEALTHY = 70


class Command(BaseCommand):
    """A child of `rundramatiq`: not meant to be run by hand."""

    help = "Runs one worker process (started by rundramatiq)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the supervisor gives."""
        parser.add_argument("--id", required=True)
        parser.add_argument("--queues", nargs="+", required=True)
        parser.add_argument("--threads", type=int)
        parser.add_argument("--grace", type=float, default=600.0)
        parser.add_argument("--pulse-fd", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop, the supervisor is gone, or a thread has died."""
        stop = threading.Event()
        quick = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        signal.signal(signal.SIGQUIT, lambda *_: quick.set())
        threading.Thread(target=_watch_lifeline, args=(stop,), daemon=True).start()
        threads = options["threads"] or 0
        enter(options["id"], supervisor=options["id"], queues=options["queues"], threads=threads)  # its own pid
        worker = Worker(
            dramatiq.get_broker(),
            process=options["id"],
            queues=options["queues"],
            threads=options["threads"],
            pulse=Pulse(options["pulse_fd"]),
        )
        ended = threading.Event()
        writer = keep_writing(ended)
        gc.collect()
        gc.freeze()  # what was imported stays; looking through it at each turn took half the time of some jobs
        worker.start()
        while not (quick.is_set() or stop.wait(0.5)):
            if not worker.healthy():
                self.stderr.write("A thread of this worker has died; the supervisor starts another.")
                os._exit(EXIT_UNHEALTHY)
            if worker.fenced.is_set() and not worker.lanes.running():
                break
            if worker.orders.stopped.is_set():
                break
        worker.stop(grace_s=options["grace"], hurry=quick)
        ended.set()
        if writer:
            writer.join(5)
        if worker.orders.stopped.is_set():
            sys.exit(EXIT_RETIRED)


def _watch_lifeline(stop: threading.Event) -> None:
    """Stop when standard input ends: the supervisor is gone."""
    os.read(0, 1)  # not sys.stdin: its lock would be held when the interpreter ends
    stop.set()
