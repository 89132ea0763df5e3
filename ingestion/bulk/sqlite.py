"""Index values in SQLite: found by a join with JSON, written by prepared statements."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from ingestion.bulk.table import COLUMNS
from ingestion.numbers import dec
from ingestion.settling import Key, Stored

_FIND = """
    SELECT v.series_id, v.as_of_date, v.version_tag, v.id, v.value
    FROM json_each(%s) AS wanted
    JOIN ingestion_indexvalue AS v
      ON v.series_id = json_extract(wanted.value, '$[0]')
     AND v.as_of_date = json_extract(wanted.value, '$[1]')
     AND v.version_tag = json_extract(wanted.value, '$[2]')
"""
_INSERT = f"""
    INSERT INTO ingestion_indexvalue ({COLUMNS})
    VALUES (%s, %s, %s, %s, %s, %s, NULL, %s, %s, %s)
"""  # noqa: S608 (a constant)
_UPDATE = """
    UPDATE ingestion_indexvalue
    SET value = %s, provider_timestamp = NULL, ingested_at = %s, updated_at = %s
    WHERE id = %s
"""


class _SqliteTable:
    chunk_rows = 500

    def find(self, keys: Collection[Key]) -> dict[Key, Stored]:
        """Return the stored values of these keys."""
        wanted = json.dumps([(series, day.isoformat(), tag) for series, day, tag in keys])
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [wanted])
            return {(series, _day(day), tag): Stored(id_, Decimal(value)) for series, day, tag, id_, value in cursor}

    def insert(self, values: Mapping[Key, Stored], *, tenant_id: str, now: datetime) -> None:
        """Run one statement over all values; their texts are those of `ExactDecimalField`."""
        moment = connection.ops.adapt_datetimefield_value(now)
        rows = [
            (id_, tenant_id, series, day.isoformat(), tag, dec(value), moment, moment, moment)
            for (series, day, tag), (id_, value) in values.items()
        ]
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)

    def update(self, values: Collection[Stored], *, now: datetime) -> None:
        """Run one statement over all values."""
        moment = connection.ops.adapt_datetimefield_value(now)
        with connection.cursor() as cursor:
            cursor.executemany(_UPDATE, [(dec(value), moment, moment, id_) for id_, value in values])


def _day(stored: date | str) -> date:
    """Return the day of a column: Python's driver converts it, but will not for ever (deprecated since 3.12)."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


VALUES = _SqliteTable()
