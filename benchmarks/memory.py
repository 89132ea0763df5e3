"""Shows whether a worker process grows: `python -m benchmarks.memory [jobs]`, 200,000 by default, on PostgreSQL.

Ten rounds of varied jobs (results, progress, log lines, failures); the resident memory is read when a round has ended.
The verdict compares the last round with the third: the first ones fill caches and pools.
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

ROUNDS, WARM = 10, 3
ALLOWED_MIB = 5.0
CHUNK = 2_000


def main() -> int:
    """Run all rounds, print a line each and the verdict; the exit code is 1 if the process has grown."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
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
        return _judge(_samples(count // ROUNDS))


def _samples(per_round: int) -> list[float]:
    """Return the resident MiB of the one worker process after each round."""
    from benchmarks.actors import Varied
    from benchmarks.parts.process import wait_until
    from jobs import enqueue_many
    from jobs.models import Job, Process

    workers = start("--processes", "1")
    samples: list[float] = []
    try:
        wait_until(lambda: Process.objects.exclude(pid=workers.pid).exists(), seconds=30)
        pid = Process.objects.exclude(pid=workers.pid).values_list("pid", flat=True)[0]
        for number in range(ROUNDS):
            begun = time.monotonic()
            for first in range(0, per_round, CHUNK):
                enqueue_many([Varied(n=number * per_round + first + n) for n in range(min(CHUNK, per_round - first))])
            wait_until(lambda: not Job.objects.filter(finished_at=None).exists(), every=0.1)
            samples.append(_resident_mib(pid))
            rate = per_round / (time.monotonic() - begun)
            print(f"{(number + 1) * per_round:>7} jobs  {samples[-1]:7.1f} MiB  {rate:6.0f} jobs/s", flush=True)
    finally:
        workers.send_signal(signal.SIGTERM)
        workers.wait()
    return samples


def _resident_mib(pid: int) -> float:
    """Return a process's resident memory; raises FileNotFoundError if it has ended."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _judge(samples: list[float]) -> int:
    grown = samples[-1] - samples[WARM - 1]
    ok = grown <= ALLOWED_MIB
    words = f"from round {WARM} to {ROUNDS} grown_mib={grown:.1f} allowed_mib={ALLOWED_MIB:g}"
    print(f"MEMORY {words} ok={'true' if ok else 'false'}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
