"""Which jobs of a process somebody wants cancelled."""

from __future__ import annotations

import time
from collections.abc import Iterable

REMEMBERED_S = 60.0
"""A job that does not run here is forgotten after this: its order came too late, or long before its claim."""


class Cancellations:
    """Filled by orders and beats, asked by the jobs themselves; tells when one that runs on must be interrupted."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._interrupted: set[str] = set()

    def ask(self, ids: Iterable[str]) -> None:
        """Want jobs cancelled; asking again changes nothing."""
        for id_ in ids:
            self._asked.setdefault(id_, time.monotonic())

    def asked(self, id_: str) -> bool:
        """Tell whether a job is wanted cancelled."""
        return id_ in self._asked

    def forget(self, id_: str) -> None:
        """Forget a job that is over."""
        self._asked.pop(id_, None)
        self._interrupted.discard(id_)

    def due(self, grace_s: dict[str, float]) -> set[str]:
        """Return the running jobs (id → the grace of its actor) to interrupt now, each once."""
        now = time.monotonic()
        due = {
            id_
            for id_, grace in grace_s.items()
            if id_ in self._asked and id_ not in self._interrupted and now - self._asked[id_] >= grace
        }
        self._interrupted |= due
        for id_ in [i for i, at in list(self._asked.items()) if now - at > REMEMBERED_S and i not in grace_s]:
            self.forget(id_)
        return due

    def __bool__(self) -> bool:
        return bool(self._asked)
