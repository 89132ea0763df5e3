"""How long, and how many, finished jobs of a queue are kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobs.errors import InvalidOption
from jobs.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Ages in days, and how many at most (None: any number). `failed` is for cancelled jobs too, each by itself."""

    completed_days: float | None = None
    failed_days: float | None = None
    completed: int | None = None
    failed: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no age or number; raises InvalidOption."""
        for name in self.__slots__:
            value = getattr(self, name)
            kinds = (int, float) if name.endswith("_days") else (int,)
            good = isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
            if value is not None and not good:
                raise InvalidOption(name, value, "a number from 0" if float in kinds else "a whole number from 0")

    def over(self, other: Keeping) -> Keeping:
        """Return these values, and another's where there are none."""
        return Keeping(**{n: v if (v := getattr(self, n)) is not None else getattr(other, n) for n in self.__slots__})

    def age(self, state: str) -> timedelta:
        """Return how old a job that ended in `state` may become."""
        days = self.completed_days if state == State.COMPLETED else self.failed_days
        return timedelta(days=min(days or 0, 1_000_000))

    def most(self, state: str) -> int | None:
        """Return how many jobs that ended in `state` are kept, None for any number."""
        return self.completed if state == State.COMPLETED else self.failed

    def as_dict(self) -> dict[str, Any]:
        """Return the values by name."""
        return {name: getattr(self, name) for name in self.__slots__}
