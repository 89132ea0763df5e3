"""How gunicorn serves the web: threads, since requests wait for the database; `-b` chooses the address."""

import os
import shutil
import tempfile
from pathlib import Path
from threading import Event
from typing import Any

from jobs.exposition.folder import VARIABLE, bury, keep_writing

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60  # seconds without a sign of life of the whole worker, not of one request
graceful_timeout = 20
max_requests = 10_000
max_requests_jitter = 1_000
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Name the folder in which the workers leave their counters, for whichever of them Prometheus asks."""
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="jobs-counters-")


def post_worker_init(worker: Any) -> None:
    """Let a worker write its counters."""
    keep_writing(Event())


def child_exit(server: Any, worker: Any) -> None:
    """Keep what an ended worker has counted."""
    bury(Path(os.environ[VARIABLE]), worker.pid)


def on_exit(server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ[VARIABLE], ignore_errors=True)
