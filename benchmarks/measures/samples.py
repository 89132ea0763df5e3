"""What a run found: for each measure and system its samples and their unit, in the shape of results/latest.json."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import TypedDict


class Series(TypedDict):
    """The samples of one system in one measure."""

    samples: list[float]
    unit: str


class Samples:
    """All series of a run."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Series]] = {}

    def add(self, measure: str, system: str, unit: str, values: Iterable[float]) -> None:
        """Add samples to a series."""
        series = self.found.setdefault(measure, {}).setdefault(system, {"samples": [], "unit": unit})
        series["samples"] += [round(value, 3) for value in values]

    def of(self, measure: str, system: str) -> list[float]:
        """Return the samples, none if there are none."""
        return self.found.get(measure, {}).get(system, {"samples": [], "unit": ""})["samples"]

    def median(self, measure: str, system: str) -> float | None:
        """Return the middle sample."""
        samples = self.of(measure, system)
        return statistics.median(samples) if samples else None

    def percentile(self, measure: str, system: str, part: float) -> float | None:
        """Return the sample that `part` (0 to 1) of all do not exceed."""
        samples = sorted(self.of(measure, system))
        return samples[min(len(samples) - 1, int(len(samples) * part))] if samples else None
