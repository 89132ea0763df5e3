"""Duty: take the steps of running operations."""

from __future__ import annotations

import time

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.services.operation_step import take_step
from jobs.services.operations import running

TURN_S = 1.0
"""Other duties wait no longer than this and one step."""


class TakeSteps:
    """Goes from operation to operation, a step each, so that a long one does not hold up a short one."""

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Take steps for a bounded time."""
        end = time.monotonic() + TURN_S
        open_ones = running(using=connection.alias)
        while open_ones and time.monotonic() < end:
            open_ones = [one for one in open_ones if take_step(one, wait=False, using=connection.alias)]
