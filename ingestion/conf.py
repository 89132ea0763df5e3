"""The app's settings: the dict `INGESTION` of Django's settings, with defaults."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestionSettings:
    """Limits of a load.

    `chunk_rows` (rows of a transaction) is the database's own if None: SQLite keeps other writers waiting meanwhile.
    """

    max_csv_bytes: int = 10 * 1024 * 1024
    chunk_rows: int | None = None
    kept_errors: int = 1_000


def ingestion_settings() -> IngestionSettings:
    """Return the settings as they stand; raises TypeError for a name that is none of them."""
    return IngestionSettings(**getattr(settings, "INGESTION", {}))
