"""Shows what a backlog costs: `python -m benchmarks.backlog [jobs]`, a million by default, half of them delayed.

Bytes a job in Redis, the memory of the worker process and its rate, beside those without a backlog. On PostgreSQL.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.engine import start
from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import Valkey, wheel_program

SAMPLE, CHUNK = 20_000, 5_000
MOST_BYTES, MOST_MIB = 200.0, 10.0
AN_HOUR_MS = 3_600_000


def main() -> int:
    """Measure, print, judge; the exit code is 1 if a backlog costs more than is promised."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        valkey = stack.enter_context(Valkey(place / "valkey", program=wheel_program()))
        os.environ.update(
            DATABASE_URL=stack.enter_context(Postgres()).url,
            REDIS_URL=valkey.url,
            DJANGO_SETTINGS_MODULE="benchmarks.settings",
            ENV_FILES="",
            DEBUG="false",
            SECRET_KEY="of-a-benchmark-only-" * 3,
            LOG_LEVEL="error",
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _measure(count)


def _measure(count: int) -> int:
    _enqueue(SAMPLE)
    rate, mib = _work()
    print(f"without: {rate:6.0f} jobs/s  {mib:6.1f} MiB", flush=True)
    empty = _redis_bytes()
    _enqueue(count // 2, delay=AN_HOUR_MS)
    _enqueue(count - count // 2)
    each = (_redis_bytes() - empty) / count
    print(f"backlog: {count} jobs, {each:.0f} bytes each in Redis", flush=True)
    rate_with, mib_with = _work()
    print(f"with:    {rate_with:6.0f} jobs/s  {mib_with:6.1f} MiB", flush=True)
    ok = each <= MOST_BYTES and mib_with - mib <= MOST_MIB
    words = f"jobs={count} bytes_each={each:.0f} grown_mib={mib_with - mib:.1f} rate_ratio={rate_with / rate:.2f}"
    print(f"BACKLOG {words} ok={'true' if ok else 'false'}")
    return 0 if ok else 1


def _enqueue(count: int, delay: int | None = None) -> None:
    from benchmarks.actors import NoOp
    from jobs import enqueue_many

    for first in range(0, count, CHUNK):
        enqueue_many([NoOp(n=first + n) for n in range(min(CHUNK, count - first))], delay=delay)


def _work() -> tuple[float, float]:
    """Return the rate (jobs/s, of the later nine tenths) and the peak memory of one worker process over a sample."""
    from benchmarks.parts.process import peak_mb, wait_until
    from jobs.models import Process
    from jobs.queue import get_queue_metrics

    def done() -> int:
        return get_queue_metrics("calculation")["completed"]

    known, before = set(Process.objects.values_list("pk", flat=True)), done()
    workers = start("--processes", "1")
    try:
        wait_until(lambda: done() >= before + SAMPLE // 10)
        begun, at = time.monotonic(), done()
        wait_until(lambda: done() >= before + SAMPLE)
        rate = (done() - at) / (time.monotonic() - begun)
        return rate, peak_mb(Process.objects.exclude(pk__in=known).values_list("pid", flat=True)[0])
    finally:
        workers.send_signal(signal.SIGTERM)
        workers.wait()


def _redis_bytes() -> int:
    import redis

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        return int(client.info("memory")["used_memory"])


if __name__ == "__main__":
    sys.exit(main())
