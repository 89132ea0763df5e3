"""Measures the engine with a million jobs: `make bench-scale`; a smaller run with --jobs, --finished, --dead.

Ours only. Adds what it found to results/latest.json under "scale", each figure a series of its own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.compare import RESULTS
from benchmarks.measures import retry_all
from benchmarks.measures.memory import pss_mb
from benchmarks.measures.samples import Samples
from benchmarks.measures.seed import seed
from benchmarks.stage import Servers, Stage, Stuck, servers
from benchmarks.systems import SYSTEMS
from benchmarks.verdicts import Must, judge, line

BASE = 10_000
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Drained:
    """What a drain cost: jobs a second, Redis' time a job in µs, the workers' memory after it in MB."""

    rate: float
    redis_us: float
    workers_mb: float


def main() -> None:
    """Measure, print the verdicts, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000, help="waiting, and as many delayed")
    parser.add_argument("--finished", type=int, default=10_000_000)
    parser.add_argument("--dead", type=int, default=100_000)
    options = parser.parse_args()
    samples = Samples()
    with tempfile.TemporaryDirectory() as directory, servers(Path(directory)) as stand:
        _measure(stand, samples, jobs=options.jobs, finished=options.finished)
        with stand.turn(SYSTEMS[0]) as stage:
            stage.start_workers()
            retry_all.measure(stage, samples, dead=options.dead)
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**known, **samples.found}, indent=1) + "\n")
    for verdict in judge(samples, _musts(options.dead)):
        print(line(verdict))


def _measure(stand: Servers, samples: Samples, *, jobs: int, finished: int) -> None:
    """Drain from a short queue, then from a long one over a long table; weigh a million entries of both kinds."""
    with stand.turn(SYSTEMS[0]) as stage:
        _fill(stand, stage, BASE)
        base = _drain(stand, stage, BASE)
    with stand.turn(SYSTEMS[0]) as stage:
        with psycopg.connect(stand.database(SYSTEMS[0])) as connection:
            seed(connection, finished, queue="calculation", state="completed")
        delayed = _fill(stand, stage, jobs, ms=HOUR_MS)
        waiting = _fill(stand, stage, jobs)
        full = _drain(stand, stage, min(jobs, BASE))
    figures = {
        "bytes_a_waiting_job": ("B", waiting),
        "bytes_a_delayed_job": ("B", delayed),
        "drain_at_10k": ("jobs/s", base.rate),
        "drain_at_scale": ("jobs/s", full.rate),
        "drain_ratio": ("", full.rate / base.rate),
        "take_cost_ratio": ("", full.redis_us / base.redis_us),
        "worker_memory_ratio": ("", full.workers_mb / base.workers_mb),
    }
    for name, (unit, figure) in figures.items():
        samples.add("scale", name, unit, [figure])
        print(f"  {name:<24}{figure:>12,.2f} {unit}", flush=True)


def _fill(stand: Servers, stage: Stage, jobs: int, *, ms: int = 0) -> float:
    """Enqueue in bulk; return the bytes that Redis took for one."""
    begun, before = time.monotonic(), stand.used_bytes()
    stage.tell("fill", most=jobs, ms=ms)
    print(f"  {jobs:,} jobs enqueued in {time.monotonic() - begun:.0f} s", flush=True)
    return (stand.used_bytes() - before) / jobs


def _drain(stand: Servers, stage: Stage, jobs: int) -> Drained:
    """Have the workers run some jobs, more of which may wait; the rate counts from the tenth part on."""
    stage.start_workers()
    if not stage.wait_for(jobs // 10, seconds=60):
        raise Stuck(stage.system.name, f"only {stage.ran()} jobs ran within 60 s", stage.log)
    before, begun = stage.ran(), stand.script_us()
    stage.wait_for(jobs, seconds=60)
    used, ran = stand.script_us() - begun, stage.ran() - before
    stamps = stage.stamps()[before : before + ran]
    rate = (len(stamps) - 1) / (stamps[-1].at - stamps[0].at) * 1e9
    return Drained(rate, used / ran, sum(map(pss_mb, stage.worker_pids())))


def _musts(dead: int) -> tuple[Must, ...]:
    """Return the bounds of the figures above."""

    def of(what: str, series: str, *, at_least: float | None = None, at_most: float | None = None) -> Must:
        return Must(what=what, ours=lambda s, _: s.median("scale", series), at_least=at_least, at_most=at_most)

    return (
        of("worker memory, long / short queue", "worker_memory_ratio", at_most=1.05),
        of("bytes of Redis, waiting", "bytes_a_waiting_job", at_most=200),
        of("bytes of Redis, delayed", "bytes_a_delayed_job", at_most=200),
        # All scripts count, the patrol's too, which looks at every waiting job: the take alone costs less.
        of("Redis time a job, long / short queue", "take_cost_ratio", at_most=1.3),
        of("drain, long / short queue and table", "drain_ratio", at_least=0.9),
        of("retry of all dead letters, s", f"retry_all_of_{dead}", at_most=10),
        Must(
            what="other work's p95 meanwhile",
            ours=lambda s, _: s.median("scale", "retry_all_p95_during"),
            theirs=lambda s, _: s.median("scale", "retry_all_p95_before"),
            peer="before",
            at_most=2,
        ),
    )


if __name__ == "__main__":
    main()
