"""What loading needs of the table of index values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from ingestion.settling import Key, Stored

COLUMNS = (
    "id, tenant_id, series_id, as_of_date, version_tag, value, provider_timestamp, ingested_at, created_at, updated_at"
)


class Table(Protocol):
    """The values of all series; every method is a fixed number of statements, however many values there are.

    The caller has locked the series. A key that somebody else, without the lock, inserts between `find` and `insert`
    raises `IntegrityError`: the chunk is undone, and finds the value when it is repeated.
    """

    chunk_rows: int
    """How many rows one transaction takes best."""

    def find(self, keys: Collection[Key]) -> dict[Key, Stored]:
        """Return the stored values of these keys."""

    def insert(self, values: Mapping[Key, Stored], *, tenant_id: str, now: datetime) -> None:
        """Insert values whose keys are new."""

    def update(self, values: Collection[Stored], *, now: datetime) -> None:
        """Give stored values, found by their ids, new numbers."""
