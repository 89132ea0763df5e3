"""How much ran: counts of outcomes and histograms of their spans, values that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from jobs.histogram import bucket

OUTCOMES: Final = ("completed", "failed", "retried", "cancelled", "put_off")


@dataclass(slots=True)
class Measure:
    """Runs counted: by outcome, and how long they waited and ran in milliseconds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wait_ms: float = 0.0
    run_ms: float = 0.0
    waits: Counter[int] = field(default_factory=Counter)
    runs: Counter[int] = field(default_factory=Counter)

    def count(self, outcome: str, *, wait_ms: float, run_ms: float) -> None:
        """Count one run."""
        self.outcomes[outcome] += 1
        self.wait_ms += wait_ms
        self.run_ms += run_ms
        self.waits[bucket(wait_ms)] += 1
        self.runs[bucket(run_ms)] += 1

    def add(self, other: Measure) -> None:
        """Add another's."""
        self.outcomes.update(other.outcomes)
        self.wait_ms += other.wait_ms
        self.run_ms += other.run_ms
        self.waits.update(other.waits)
        self.runs.update(other.runs)
