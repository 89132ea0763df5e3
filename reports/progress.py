"""Turns counts into percents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

OnProgress = Callable[[int], None]
"""Told a percent, each at most once and in rising order."""


def watched(values: Iterable[T], *, total: int, upto: int, on_progress: OnProgress) -> Iterator[T]:
    """Yield the values and tell how far they are used up; `upto` is the percent when all `total` of them are."""
    told = 0
    for number, value in enumerate(values, start=1):
        yield value
        percent = min(upto * number // total, upto) if total else upto
        if percent > told:
            told = percent
            on_progress(percent)
