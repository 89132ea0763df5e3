"""How much ran: counts of outcomes and histograms of their spans, values that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from jobs.histogram import counted

OUTCOMES: Final = ("completed", "failed", "retried", "cancelled", "put_off", "lost")


@dataclass(slots=True)
class Measure:
    """Runs counted: by outcome, and how long they waited and ran in milliseconds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wait_ms: float = 0.0
    run_ms: float = 0.0
    waits: Counter[int] = field(default_factory=Counter)
    runs: Counter[int] = field(default_factory=Counter)

    def count(self, outcome: str, *, waits: Sequence[float], runs: Sequence[float]) -> None:
        """Count runs of one outcome by their waits and run times in milliseconds, one of each a run."""
        self.outcomes[outcome] += len(runs)
        self.wait_ms += sum(waits)
        self.run_ms += sum(runs)
        self.waits.update(counted(waits))
        self.runs.update(counted(runs))

    def add(self, other: Measure) -> None:
        """Add another's."""
        self.outcomes.update(other.outcomes)
        self.wait_ms += other.wait_ms
        self.run_ms += other.run_ms
        self.waits.update(other.waits)
        self.runs.update(other.runs)
