"""The app's settings: the dict `CALCULATIONS` of Django's settings, with defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculationSettings:
    """How batches are cut and worked.

    A batch of more than `chunk_items` items is shared by several jobs; a share that has not moved for `idle_chunk`
    is taken over by the job that waits for it, which looks every `poll`.
    """

    page_size: int = 100
    chunk_items: int = 5_000
    kept_warnings: int = 1_000
    idle_chunk: timedelta = timedelta(seconds=30)
    poll: timedelta = timedelta(seconds=1)


def calculation_settings() -> CalculationSettings:
    """Return the settings as they stand; raises TypeError for a name that is none of them."""
    return CalculationSettings(**getattr(settings, "CALCULATIONS", {}))
