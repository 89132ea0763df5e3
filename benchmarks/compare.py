"""Measures us beside our peers in one run: `make bench`, `make bench-short`.

Every round gives every system its turn, in another order each time; figures are medians over the rounds, and a ratio
says more than a figure: all systems met the same noise.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

from benchmarks.measures import delay, drain, enqueue, lag, memory, pickup, sqlite
from benchmarks.measures.samples import Samples
from benchmarks.stage import Servers, Stuck, servers
from benchmarks.systems import SHORT, SYSTEMS, System
from benchmarks.verdicts import judge, line

RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Run the rounds, print table and verdicts, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--systems", nargs="+", choices=[s.name for s in SYSTEMS], default=[s.name for s in SYSTEMS])
    parser.add_argument("--short", action="store_true", help="fewer systems and jobs, for work on the engine")
    options = parser.parse_args()
    chosen = [s for s in SYSTEMS if s.name in (SHORT if options.short else options.systems)]
    samples = Samples()
    with tempfile.TemporaryDirectory() as directory, servers(Path(directory)) as stand:
        for number in range(options.rounds):
            at = number % len(chosen)
            for system in chosen[at:] + chosen[:at]:
                _turn(stand, system, samples, short=options.short)
            if not options.short and "ours" in options.systems:
                sqlite.measure(samples)
            print(f"  (round {number + 1} of {options.rounds}; load {os.getloadavg()[0]:.1f})", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(samples.found, indent=1) + "\n")
    report(samples)


def _turn(stand: Servers, system: System, samples: Samples, *, short: bool) -> None:
    """Let one system do everything once; a system that gets stuck is told of and left out of this round."""
    begun = time.monotonic()
    try:
        with stand.turn(system) as stage:
            enqueue.measure(stage, samples, seconds=1.0)
            drain.measure(stage, samples)
            memory.measure(stage, samples)
            lag.measure(stage, samples, seconds=1.0 if short else 3.0)
            pickup.measure(stage, samples, jobs=100 if short else 200, cold=1 if short else 3)
            delay.measure(stage, samples, jobs=60 if short else 100)
    except Stuck as stuck:
        if system.name == "ours":
            raise
        print(stuck, flush=True)
    drained = samples.of("drain", system.name)[-1:] or [0.0]
    print(f"  {system.name:<16} drain {drained[0]:>9,.0f}/s   ({time.monotonic() - begun:.0f} s)", flush=True)


def report(samples: Samples) -> None:
    """Print the medians of all systems, then each Must with its ratio and verdict."""
    print(f"\n{'':<16}" + "".join(f"{head:>12}" for head in ("drain/s", "one/s", "bulk/s", "p50 ms", "p99 ms", "MB")))
    for system in SYSTEMS:
        name = system.name
        figures = [samples.median(measure, name) for measure in ("drain", "enqueue_one", "enqueue_bulk")]
        figures += [samples.percentile("pickup_ms", name, part) for part in (0.5, 0.99)]
        figures.append(samples.median("memory", name))
        if any(figure is not None for figure in figures):
            print(f"{name:<16}" + "".join(f"{'-' if f is None else f'{f:,.1f}':>12}" for f in figures))
            print(f"{'':<16}  {system.settings}")
    print(f"\n{'':<37}{'ours':>11}{'theirs':>11}{'ratio':>11}")
    for verdict in judge(samples):
        print(line(verdict))


if __name__ == "__main__":
    main()
