"""Duty: end jobs that are not worth running any more."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.services.expire import expire


class Expiry:
    """Cancels what has expired, a bounded number a turn; the claim refuses it meanwhile."""

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Cancel the longest expired."""
        expire(using=connection.alias)
