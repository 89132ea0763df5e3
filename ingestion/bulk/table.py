"""What loading needs of the table of index values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from ingestion.settling import Key, Stored

COLUMNS = (
    "id, tenant_id, series_id, as_of_date, version_tag, value, provider_timestamp, ingested_at, created_at, updated_at"
)
UPDATE_ON_CONFLICT = (
    "ON CONFLICT (series_id, as_of_date, version_tag) DO UPDATE SET value = excluded.value, "
    "provider_timestamp = excluded.provider_timestamp, ingested_at = excluded.ingested_at, "
    "updated_at = excluded.updated_at"
)


class Table(Protocol):
    """The values of all series; every method is a fixed number of statements, however many values there are."""

    chunk_rows: int
    """How many rows one transaction takes best."""

    def find(self, keys: Collection[Key]) -> dict[Key, Stored]:
        """Return the stored values of these keys."""

    def write(self, values: Mapping[Key, Stored], *, tenant_id: str, now: datetime) -> None:
        """Insert the values, or put them in the place of those with the same key."""
