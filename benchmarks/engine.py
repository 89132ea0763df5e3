"""Measures the engine alone: drain, enqueue, pickup. `python -m benchmarks.engine [postgres|sqlite] [jobs]`.

Rates are until every row is final. Run beside nothing else; compare ratios of one run only.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import Valkey, wheel_program


def main() -> None:
    """Measure and print one JSON object."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "postgres"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        valkey = stack.enter_context(Valkey(place / "valkey", program=wheel_program()))
        url = stack.enter_context(Postgres()).url if kind == "postgres" else f"sqlite:///{place}/db.sqlite3"
        os.environ.update(
            DATABASE_URL=url,
            REDIS_URL=valkey.url,
            DJANGO_SETTINGS_MODULE="benchmarks.settings",
            ENV_FILES="",
            DEBUG="true",
            LOG_LEVEL="warning",
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps({"database": kind, **measure(place, count)}, indent=1))


def start(*flags: str) -> subprocess.Popen[bytes]:
    """Start workers for the measured queue."""
    command = [sys.executable, "manage.py", "rundramatiq", "--queues", "calculation", *flags]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def measure(place: Path, count: int) -> dict[str, float]:
    """Return all figures: rates in jobs/s, times in ms."""
    from benchmarks.actors import NoOp
    from jobs import enqueue, enqueue_many
    from jobs.models import Job

    figures: dict[str, float] = {}
    begun = time.monotonic()
    for n in range(500):
        enqueue(NoOp(n=n))
    figures["enqueue_one_per_s"] = round(500 / (time.monotonic() - begun))
    begun = time.monotonic()
    for chunk in range(0, count, 5_000):
        enqueue_many([NoOp(n=n) for n in range(chunk, min(count, chunk + 5_000))])
    figures["enqueue_many_per_s"] = round(count / (time.monotonic() - begun))
    workers = start()
    try:
        figures["drain_per_s"] = round(drained(count + 500))
        assert not Job.objects.exclude(state="completed").exists()  # noqa: S101
        figures.update(pickup(place))
    finally:
        workers.send_signal(signal.SIGTERM)
        workers.wait()
    return figures


def drained(total: int) -> float:
    """Return the rate between the 10 % point and the last row."""
    from jobs.queue import get_queue_metrics

    first: tuple[float, int] | None = None
    while True:
        done = get_queue_metrics("calculation")["completed"]
        now = time.monotonic()
        if first is None and done >= total * 0.1:
            first = (now, done)
        if done >= total and first:
            return (done - first[1]) / (now - first[0])
        time.sleep(0.01)


def pickup(place: Path) -> dict[str, float]:
    """Return p50 and p99 from the enqueue call's start to the body's start, 200 jobs 20 ms apart."""
    from benchmarks.actors import Stamp
    from jobs import enqueue
    from jobs.models import Job

    file = place / "stamps"
    calls = []
    for n in range(220):
        calls.append(time.monotonic())
        enqueue(Stamp(n=n, into=str(file)))
        time.sleep(0.02)
    while Job.objects.exclude(state="completed").exists():
        time.sleep(0.05)
    starts = {int(a): float(b) for a, b in (line.split() for line in file.read_text().splitlines())}
    waits = sorted((starts[n] - calls[n]) * 1000 for n in range(20, 220))
    return {"pickup_p50_ms": round(statistics.median(waits), 2), "pickup_p99_ms": round(waits[197], 2)}


if __name__ == "__main__":
    main()
