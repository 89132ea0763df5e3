"""How fast the workers finish what waits, and where an urgent job comes that was enqueued last."""

from __future__ import annotations

import time

from benchmarks.measures.samples import Samples
from benchmarks.stage import Stage, Stuck

WINDOW_S = 12.0
BOOT_S = 30.0


def measure(stage: Stage, samples: Samples) -> None:
    """Start the workers over what waits. The rate counts from the tenth part on, so that their start does not.

    For a system with rows it ends when every row is final; for another when the last body ran, or with the window.
    """
    name = stage.system.name
    urgent = stage.next
    if stage.system.urgent:
        stage.tell("urgent")
    total = stage.next
    stage.start_workers()
    if not stage.wait_for(total // 10, seconds=BOOT_S):
        raise Stuck(name, f"only {stage.ran()} of {total} jobs ran within {BOOT_S:.0f} s", stage.log)
    finished = stage.wait_for(total, seconds=WINDOW_S)
    if finished:
        stage.wait_for_rows()
    ended = time.monotonic_ns()
    stamps = stage.stamps()
    tenth = stamps[total // 10]
    if not finished or not stage.system.rows:
        ended = stamps[-1].at
    samples.add("drain", name, "jobs/s", [(len(stamps) - total // 10) / (ended - tenth.at) * 1e9])
    position = next((place for place, stamp in enumerate(stamps) if stamp.n == urgent), len(stamps))
    if stage.system.urgent:
        samples.add("priority", name, "jobs before the urgent one", [position])
    if not finished:
        stage.wait_for(total, seconds=60)
