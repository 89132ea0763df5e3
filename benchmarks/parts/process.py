"""What every part needs of its process: Django, how much memory it took, workers, and a way to hand figures back."""

from __future__ import annotations

import gc
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Figures = dict[str, float]


def run_part(measure: Callable[[], Figures]) -> None:
    """Set Django up, measure, print the figures as one JSON object."""
    import django

    django.setup()
    gc.collect()
    gc.freeze()  # as a worker does
    print(json.dumps(measure()))


def peak_mb(pid: int | str = "self") -> float:
    """Return the most memory that a process has had so far (VmHWM); 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def forget_peak() -> None:
    """Let the peak begin with what this process has now; nothing happens where the system cannot."""
    path = Path("/proc/self/clear_refs")
    if path.exists():
        path.write_text("5")


def children_cpu_s() -> float:
    """Return the processor time of all children that have ended, their start included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def workers(queue: str) -> Iterator[Callable[[], float]]:
    """Run two worker processes for a queue; hand out a reader of the larger one's peak memory."""
    command = [sys.executable, "manage.py", "rundramatiq", "--queues", queue, "--processes", "2"]
    supervisor = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for_workers()
        yield lambda: max((peak_mb(pid) for pid in _children(supervisor.pid)), default=0.0)
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait()


def wait_until(condition: Callable[[], bool], *, seconds: float = 300, every: float = 0.02) -> None:
    """Look until it is so; raises TimeoutError."""
    latest = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > latest:
            raise TimeoutError(condition)
        time.sleep(every)


def _wait_for_workers() -> None:
    from jobs.models import Process

    before = set(Process.objects.values_list("pk", flat=True))
    wait_until(lambda: Process.objects.exclude(pk__in=before).count() >= 2, seconds=30, every=0.1)
    time.sleep(1)  # a process registers before its threads listen


def _children(pid: int) -> list[int]:
    texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(word) for text in texts for word in text.split()]
