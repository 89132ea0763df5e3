"""How fast one producer enqueues: one by one, inside a transaction of the caller, in bulk."""

from __future__ import annotations

from benchmarks.measures.samples import Samples
from benchmarks.stage import Stage

LONGEST_S = 3.0


def measure(stage: Stage, samples: Samples, *, seconds: float) -> None:
    """Enqueue with no worker there; what is enqueued waits for the drain."""
    system = stage.system
    stage.tell("one", most=20, seconds=1)  # connections, prepared statements
    _add(samples, "enqueue_one", stage, stage.tell("one", most=20_000, seconds=seconds))
    if system.name == "ours":
        _add(samples, "enqueue_transaction", stage, stage.tell("together", most=20_000, seconds=seconds))
    _add(samples, "enqueue_bulk", stage, stage.tell("many", most=system.jobs, seconds=LONGEST_S))


def _add(samples: Samples, measure: str, stage: Stage, answer: dict[str, float]) -> None:
    samples.add(measure, stage.system.name, "jobs/s", [answer["count"] / answer["seconds"]])
