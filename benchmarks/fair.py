"""Measures what a tenant with ten jobs waits beside one with a million: `python -m benchmarks.fair`.

Ours only, on PostgreSQL. Three figures: the ten jobs alone, with fair shares, and without (beside a smaller backlog,
since there they wait for all of it).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.measures.samples import Samples
from benchmarks.stage import Servers, Stage, servers
from benchmarks.systems import SYSTEMS

TEN = 10
UNFAIR = 20_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000, help="what the large tenant has waiting")
    parser.add_argument("--rounds", type=int, default=20, help="how often the small tenant enqueues ten")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, servers(Path(directory)) as stand:
        _say("alone", _waits(stand, backlog=0, big="", small="small", rounds=options.rounds))
        _say(f"beside {options.jobs:,}", _waits(stand, options.jobs, big="big", small="small", rounds=options.rounds))
        _say(f"no groups, beside {UNFAIR:,}", _waits(stand, UNFAIR, big="", small="", rounds=1))


def _waits(stand: Servers, backlog: int, *, big: str, small: str, rounds: int) -> list[float]:
    """Return what each job of the small tenant waited for its start, in ms."""
    found: list[float] = []
    calls: list[float] = []
    with stand.turn(SYSTEMS[0]) as stage:
        if backlog:
            stage.tell("grouped", most=backlog, group=big)
        stage.start_workers()
        _wait_for_some(stage, min(backlog, 100))
        for number in range(1 + rounds if rounds > 1 else 1):
            first = stage.next
            told = stage.tell("grouped", most=TEN, group=small)
            starts = _starts(stage, first)
            if number or rounds == 1:  # the first round finds workers and driver cold
                found += [(start - told["begun"]) / 1e6 for start in starts.values()]
                calls.append((told["ended"] - told["begun"]) / 1e6)
    print(f"  the call took {sum(calls) / len(calls):.1f} ms on average", flush=True)
    return found


def _wait_for_some(stage: Stage, jobs: int) -> None:
    while stage.ran() < jobs:
        time.sleep(0.05)


def _starts(stage: Stage, first: int) -> dict[int, int]:
    """Return when each of the ten started."""
    while True:
        starts = {
            stamp.n: stamp.at for stamp in (stage.stamps() if stage.ran() else ()) if first <= stamp.n < first + TEN
        }
        if len(starts) == TEN:
            return starts
        time.sleep(0.1)


def _say(name: str, waits: list[float]) -> None:
    samples = Samples()
    samples.add("wait", name, "ms", waits)
    p50, p95 = (samples.percentile("wait", name, part) for part in (0.5, 0.95))
    print(f"  {name:<32} p50 {p50:>9.1f} ms   p95 {p95:>9.1f} ms", flush=True)


if __name__ == "__main__":
    main()
