"""The app's settings: the dict `REPORTS` of Django's settings, with defaults."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """How long reports are kept after they were made: None keeps them for good, as the record of what was sent out."""

    keep_days: float | None = None


def report_settings() -> ReportSettings:
    """Return the settings as they stand; raises TypeError for a name that is none of them."""
    return ReportSettings(**{name.lower(): value for name, value in getattr(settings, "REPORTS", {}).items()})
