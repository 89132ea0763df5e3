"""Runs workers: django_dramatiq's command and flags, our supervisor behind them."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django_dramatiq.management.commands.rundramatiq import Command as DjangoDramatiqCommand

from jobs.conf import jobs_settings
from jobs.services.queues import check_queue, queue_names
from jobs.worker.limits import Limits
from jobs.worker.supervisor import Supervisor


class Command(DjangoDramatiqCommand):  # type: ignore[misc]
    """Supervises worker processes and a caretaker. SIGTERM drains, a second one interrupts what runs."""

    help = "Runs job workers and the caretaker."

    def add_arguments(self, parser: Any) -> None:
        """Take django_dramatiq's flags; threads default to the sum of the queues' concurrency."""
        super().add_arguments(parser)
        processes = int(os.environ.get("DRAMATIQ_NPROCS", 1 if _is_sqlite() else os.cpu_count() or 1))
        threads = os.environ.get("DRAMATIQ_NTHREADS")
        conf = jobs_settings()
        parser.add_argument(
            "--max-jobs",
            type=_positive,
            default=conf.max_jobs,
            metavar="NUMBER",
            help="replace a worker process by a fresh one after about this many jobs (default: never)",
        )
        parser.add_argument(
            "--max-memory",
            type=_positive,
            default=conf.max_memory,
            metavar="MIB",
            help="replace a worker process by a fresh one when it holds this much memory (default: never)",
        )
        parser.set_defaults(processes=processes, threads=int(threads) if threads else None)

    def handle(self, **options: Any) -> None:
        """Run until a signal."""
        if options["use_gevent"]:
            raise CommandError(
                "--use-gevent is not supported: time limits, leases and the recorder need real threads. "
                "Raise a queue's concurrency in settings.JOBS instead."
            )
        if options["watch_dir"]:
            self._reload(options["watch_dir"])
            return
        if options["max_memory"] and not Path("/proc/self/statm").exists():
            raise CommandError("--max-memory reads /proc, which this system does not have. Use --max-jobs.")
        queues = [check_queue(queue) for queue in options["queues"] or queue_names()]
        if options["pid_file"]:
            Path(options["pid_file"]).write_text(f"{os.getpid()}\n")
        if options["log_file"]:
            log = os.open(options["log_file"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.dup2(log, sys.stderr.fileno())
            os.dup2(log, sys.stdout.fileno())
        supervisor = Supervisor(
            queues=queues,
            processes=options["processes"],
            threads=options["threads"],
            grace_s=options["worker_shutdown_timeout"] / 1000,
            limits=Limits(max_jobs=options["max_jobs"], max_memory=options["max_memory"]),
        )
        self.stdout.write(f"Workers for {', '.join(queues)}: {options['processes']} processes. Ctrl-C stops them.")
        code = supervisor.run()
        if options["pid_file"]:
            Path(options["pid_file"]).unlink(missing_ok=True)
        sys.exit(code)

    def _reload(self, folder: str) -> None:
        """Run this command again and again, anew whenever a Python file changes."""
        from watchdog.watchmedo import main as watchmedo  # noqa: PLC0415  (a development extra)

        command = [arg for arg in sys.argv if arg not in ("--reload", "--reload-use-polling")]
        if "--watch" in command:
            at = command.index("--watch")
            del command[at : at + 2]
        flags = ["auto-restart", "--recursive", "--directory", folder, "--patterns", "*.py", "--signal", "SIGTERM"]
        sys.argv = ["watchmedo", *flags, "--", sys.executable, *command]
        watchmedo()


def _positive(text: str) -> int:
    """Return a whole number above 0."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _is_sqlite() -> bool:
    """SQLite has one writer: one worker process is the fastest there."""
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")
