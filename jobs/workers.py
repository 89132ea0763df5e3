"""Workers inside the calling process, for development and tests; production runs `manage.py rundramatiq`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import dramatiq
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.functions import Now

from jobs.caretaker.caretaker import Caretaker
from jobs.conf import jobs_settings
from jobs.ids import new_id
from jobs.models import Process, QueueConfig
from jobs.rows.dialect import wrapper
from jobs.services.queues import queue_names
from jobs.services.reclaim import reclaim
from jobs.services.registry import WorkerProcess, worker_processes
from jobs.worker.lease import enter, renew_leases
from jobs.worker.worker import Worker


@dataclass(slots=True)
class _Crew:
    """The threads of this process's workers."""

    worker: Worker
    caretaker: Caretaker
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def keep_lease(self) -> None:
        """Renew the lease until stopped."""
        while not self.stopped.wait(jobs_settings().lease_s / 3):
            renew_leases([self.worker.process])
        connections.close_all()

    def take_care(self) -> None:
        """Run the caretaker until stopped."""
        self.caretaker.run()
        connections.close_all()


_lock = threading.Lock()
_crew: _Crew | None = None


def start_workers(queues: Sequence[str] | None = None) -> None:
    """Start a worker for `queues` (all), a lease keeper and a caretaker on threads of this process; idempotent."""
    global _crew  # noqa: PLW0603  (one crew a process)
    with _lock:
        if _crew is not None:
            return
        names = list(queues or queue_names())
        process = new_id()
        worker = Worker(dramatiq.get_broker(), process=process, queues=names)
        enter(process, supervisor=process, queues=names, threads=worker.threads_wanted)
        crew = _Crew(worker, Caretaker())
        crew.threads = [
            threading.Thread(target=crew.keep_lease, name="lease", daemon=True),
            threading.Thread(target=crew.take_care, name="caretaker", daemon=True),
        ]
        for thread in crew.threads:
            thread.start()
        worker.start()
        _crew = crew


def stop_workers(*, grace_s: float = 10.0) -> None:
    """Let running jobs end within the grace, hand the rest back, stop all threads; idempotent."""
    global _crew
    with _lock:
        if _crew is None:
            return
        crew, _crew = _crew, None
        crew.worker.stop(grace_s=grace_s)
        crew.caretaker.stop()
        crew.stopped.set()
        for thread in crew.threads:
            thread.join(10)
        reclaim(wrapper(DEFAULT_DB_ALIAS), crew.worker.process)


def get_workers() -> list[WorkerProcess]:
    """Return the registered worker processes everywhere, the latest first."""
    return worker_processes()


def get_worker_status() -> list[dict[str, Any]]:
    """Return [{name, is_running, is_paused}] by queue: whether a living process anywhere serves it."""
    alive = Process.objects.filter(fenced_at=None, lease_until__gt=Now()).values_list("queues", flat=True)
    served = {queue for queues in alive for queue in queues}
    paused = set(QueueConfig.objects.exclude(paused_at=None).values_list("queue", flat=True))
    return [{"name": q, "is_running": q in served, "is_paused": q in paused} for q in queue_names()]
