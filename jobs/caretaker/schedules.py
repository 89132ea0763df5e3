"""Duty: enqueue what schedules have due."""

from __future__ import annotations

import logging

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.services.declared_schedules import write_declared
from jobs.services.fire import fire_due

logger = logging.getLogger("jobs.schedules")


class FireSchedules:
    """Writes the rows of declared schedules on its first turn, then fires; two caretakers at once do no harm."""

    def __init__(self) -> None:
        self._is_written = False

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Fire a bounded number."""
        if not self._is_written:
            for name, fault in write_declared(using=connection.alias).items():
                logger.error("The declared schedule %s cannot be kept: %s", name, fault)
            self._is_written = True
        fire_due(using=connection.alias)
