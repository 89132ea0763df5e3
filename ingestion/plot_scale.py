"""Turns numbers into pixels, and finds round numbers for an axis."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_MOST = 6
_SAME = 1e-13
_ROUND = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps low to start and high to end, in a line; where low is high, to the middle."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a number."""
        part = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.start + part * (self.end - self.start)

    def value_at(self, part: float) -> float:
        """Return the number at a part, 0 to 1, of the way."""
        return self.low + part * (self.high - self.low)


def ticks(low: float, high: float) -> list[float]:
    """Return two to seven round numbers at equal steps, the first at or below low and the last at or above high."""
    if high - low <= max(abs(high), 1) * _SAME:  # floats tell them apart no better
        pad = abs(high) * 0.05 if abs(high) > _SAME else 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / (_MOST - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in _ROUND if factor * power >= rough * (1 - 1e-9))
    first, last = floor(low / step), ceil(high / step)
    return [count * step for count in range(first, last + 1)]
