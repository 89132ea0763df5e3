"""What this process has counted since it began: numbers and histograms that only grow, for whoever asks."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from jobs.histogram import bucket

Key = tuple[str, tuple[tuple[str, str], ...]]
"""A name and its labels, sorted."""


@dataclass(slots=True)
class Spans:
    """A histogram: {number of a bucket of jobs.histogram: count}, and the sum in milliseconds."""

    buckets: Counter[int] = field(default_factory=Counter)
    total_ms: float = 0.0


class Counters:
    """Grows under a lock: any thread may count. Two of them add up."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.numbers: Counter[Key] = Counter()
        self.spans: defaultdict[Key, Spans] = defaultdict(Spans)

    def count(self, name: str, number: float = 1, **labels: str) -> None:
        """Add to a number."""
        with self._lock:
            self.numbers[_key(name, labels)] += number  # type: ignore[assignment]  # Counter adds floats as well

    def observe(self, name: str, buckets: Counter[int], *, total_ms: float, **labels: str) -> None:
        """Add spans that have been sorted into buckets."""
        with self._lock:
            spans = self.spans[_key(name, labels)]
            spans.buckets.update(buckets)
            spans.total_ms += total_ms

    def span(self, name: str, ms: float, **labels: str) -> None:
        """Add one span."""
        self.observe(name, Counter({bucket(ms): 1}), total_ms=ms, **labels)

    def add(self, other: Counters) -> None:
        """Add all of another's."""
        numbers, spans = other.copy()
        with self._lock:
            self.numbers.update(numbers)
            for key, more in spans.items():
                self.spans[key].buckets.update(more.buckets)
                self.spans[key].total_ms += more.total_ms

    def copy(self) -> tuple[Counter[Key], dict[Key, Spans]]:
        """Return numbers and spans as they are now."""
        with self._lock:
            spans = {key: Spans(Counter(of.buckets), of.total_ms) for key, of in self.spans.items()}
            return Counter(self.numbers), spans

    def dump(self) -> str:
        """Return all of it as JSON."""
        numbers, spans = self.copy()
        return json.dumps(
            {
                "numbers": [[*key, number] for key, number in numbers.items()],
                "spans": [[*key, of.buckets, of.total_ms] for key, of in spans.items()],
            }
        )


def load(text: str) -> Counters:
    """Return what `dump` wrote."""
    raw: dict[str, Any] = json.loads(text)
    counters = Counters()
    for name, labels, number in raw["numbers"]:
        counters.count(name, number, **dict(labels))
    for name, labels, buckets, total_ms in raw["spans"]:
        counters.observe(name, Counter({int(n): c for n, c in buckets.items()}), total_ms=total_ms, **dict(labels))
    return counters


def _key(name: str, labels: dict[str, str]) -> Key:
    return name, tuple(sorted(labels.items()))


COUNTERS = Counters()
"""This process's own."""
