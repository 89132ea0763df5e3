"""Duty: judge the alert rules."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from jobs.services.alerts import judge


class Alerts:
    """Needs no Redis: it judges by the rows then."""

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Judge every rule."""
        judge(now=timezone.now())
