"""How late a delayed job starts."""

from __future__ import annotations

from benchmarks.measures.samples import Samples
from benchmarks.stage import Stage

DELAY_MS = 1_000


def measure(stage: Stage, samples: Samples, *, jobs: int) -> None:
    """Enqueue jobs for a second from now, 10 ms apart; BullMQ and we take the due time from the call."""
    if not stage.system.later:
        return
    before = stage.ran()
    first = stage.next
    due = stage.tell("later", most=jobs, ms=DELAY_MS)["at"]
    stage.wait_for(before + jobs, seconds=15)
    starts = {stamp.n: stamp.at for stamp in stage.stamps()[before:]}
    late = [(starts[first + i] - at) / 1e6 for i, at in enumerate(due) if first + i in starts]
    samples.add("delay_lateness_ms", stage.system.name, "ms", late)
