"""Duty: move what flows have left standing."""

from __future__ import annotations

import time

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.services.heal import heal_edges

REST_S = 5.0


class HealFlows:
    """Walks over the open edges, a page a turn; blocked rows without one are found by the patrol."""

    def __init__(self) -> None:
        self._after = 0
        self._rest_until = 0.0

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Look at the next page, with a rest after the last."""
        if time.monotonic() < self._rest_until:
            return
        after = heal_edges(connection, self._after)
        if after is None:
            self._rest_until = time.monotonic() + REST_S
        self._after = after or 0
