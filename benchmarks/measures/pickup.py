"""How long from the start of the enqueue call to the start of the body, in idle workers."""

from __future__ import annotations

import time

from benchmarks.measures.samples import Samples
from benchmarks.stage import Stage

WARM_UP = 20
GAP_MS = 20
IDLE_S = 2.0


def measure(stage: Stage, samples: Samples, *, jobs: int, cold: int) -> None:
    """Enqueue one job every 20 ms; then some, each after two idle seconds."""
    name = stage.system.name
    samples.add("pickup_ms", name, "ms", waits(stage, WARM_UP + jobs)[WARM_UP:])
    for _ in range(cold):
        time.sleep(IDLE_S)
        samples.add("pickup_cold_ms", name, "ms", waits(stage, 1))


def waits(stage: Stage, jobs: int) -> list[float]:
    """Enqueue jobs one by one; return what each waited, in ms."""
    before = stage.ran()
    first = stage.next
    calls = stage.tell("spaced", most=jobs, gap_ms=GAP_MS)["at"]
    stage.wait_for(before + jobs, seconds=20)
    starts = {stamp.n: stamp.at for stamp in stage.stamps()[before:]}
    return [(starts[first + i] - at) / 1e6 for i, at in enumerate(calls) if first + i in starts]
