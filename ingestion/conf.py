"""The app's settings: the dict `INGESTION` of Django's settings, with defaults."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestionSettings:
    """Limits of a load, and where feeds may be read.

    `chunk_rows` (rows of a transaction) is the database's own if None: SQLite keeps other writers waiting meanwhile.
    Feeds read folders below `feed_folder`, and public addresses by https on port 443 unless more is allowed.
    """

    max_csv_bytes: int = 10 * 1024 * 1024
    chunk_rows: int | None = None
    kept_errors: int = 1_000
    feed_folder: str | None = None
    feed_allow_http: bool = False
    feed_networks: tuple[str, ...] = ()
    feed_ports: tuple[int, ...] = (443,)
    feed_timeout_s: float = 60.0


def ingestion_settings() -> IngestionSettings:
    """Return the settings as they stand; raises TypeError for a name that is none of them."""
    return IngestionSettings(**getattr(settings, "INGESTION", {}))
