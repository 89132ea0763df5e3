"""Spans of time counted in buckets of fixed bounds, so that counts of processes and minutes add up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

FACTOR: Final = 1.5
BOUNDS: Final = tuple(FACTOR**n for n in range(46))
"""Upper bounds in milliseconds, 1 ms to about a day; what is longer falls into one more bucket."""


def bucket(ms: float) -> int:
    """Return the number of the bucket that a span falls into."""
    return bisect_left(BOUNDS, ms)


def counted(spans: Sequence[float]) -> Counter[int]:
    """Return how many spans fall into each bucket; sorting them is faster than looking for each one's."""
    counts: Counter[int] = Counter()
    ordered = sorted(spans)
    begin = 0
    for number, bound in enumerate(BOUNDS):
        end = bisect_right(ordered, bound, begin)
        if end > begin:
            counts[number] = end - begin
            begin = end
    if begin < len(ordered):
        counts[len(BOUNDS)] = len(ordered) - begin
    return counts


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """Return the span in milliseconds that `share` (0 to 1) of those counted do not exceed; None without any.

    Interpolated inside its bucket, so at most half too long and never a third too short.
    """
    wanted = share * sum(counts.values())
    seen = 0
    for number in sorted(counts):
        if counts[number] and seen + counts[number] >= wanted:
            low = 0.0 if number == 0 else BOUNDS[number - 1]
            high = BOUNDS[min(number, len(BOUNDS) - 1)]
            return low + (high - low) * (wanted - seen) / counts[number]
        seen += counts[number]
    return None
