"""How long a retry of all dead letters takes, and what other work feels of it; as a program it retries a queue's."""

from __future__ import annotations

import subprocess
import sys
import time

import psycopg

from benchmarks.measures.pickup import waits
from benchmarks.measures.samples import Samples
from benchmarks.measures.seed import seed
from benchmarks.stage import Stage
from benchmarks.systems import ROOT

QUEUE = "webhooks"  # nobody works on it here: what is measured is the retry, beside work in another queue


def measure(stage: Stage, samples: Samples, *, dead: int) -> None:
    """Seed dead letters, retry them in a process of its own, enqueue other work meanwhile."""
    with psycopg.connect(stage.servers.database(stage.system)) as connection:
        seed(connection, dead, queue=QUEUE, state="failed")
    waits(stage, 1)  # the workers have booted
    samples.add("scale", "retry_all_p95_before", "ms", [_p95(waits(stage, 220)[20:])])
    retry = subprocess.Popen(
        [sys.executable, "-m", __name__], cwd=ROOT, env=stage.environment, stdout=subprocess.PIPE, text=True
    )
    assert retry.stdout  # noqa: S101  # a pipe
    retry.stdout.readline()  # it has booted
    felt: list[float] = []
    while retry.poll() is None:
        felt += waits(stage, 20)
    samples.add("scale", "retry_all_p95_during", "ms", [_p95(felt)])
    samples.add("scale", f"retry_all_of_{dead}", "s", [float(retry.stdout.read())])


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


def main() -> None:
    """Print a line when ready, then the seconds that the retry took."""
    import django

    django.setup()
    from jobs import get_queue

    print("ready", flush=True)
    begun = time.monotonic()
    get_queue(QUEUE).retry_failed()
    print(time.monotonic() - begun)


if __name__ == "__main__":
    main()
