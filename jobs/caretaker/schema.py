"""Duty: go no further where another release has laid out Redis."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.conf import jobs_settings
from jobs.dispatch.schema import agree
from jobs.services.dispatching import dispatcher


class AgreeOnSchema:
    """Ends the turn before the duties that write into Redis, by its error."""

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        """Look at the version that Redis names."""
        if jobs_settings().dispatch:
            agree(dispatcher().client, prefix=jobs_settings().prefix)
