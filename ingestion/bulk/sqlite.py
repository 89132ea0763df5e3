"""Index values in SQLite: found by a join with JSON, written by one prepared statement."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from ingestion.bulk.table import COLUMNS, UPDATE_ON_CONFLICT
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
_WRITE = f"""
    INSERT INTO ingestion_indexvalue ({COLUMNS})
    VALUES (%s, %s, %s, %s, %s, %s, NULL, %s, %s, %s)
    {UPDATE_ON_CONFLICT}
"""  # noqa: S608 (constants)


class _SqliteTable:
    chunk_rows = 500

    def find(self, keys: Collection[Key]) -> dict[Key, Stored]:
        """Return the stored values of these keys."""
        wanted = json.dumps([(series, day.isoformat(), tag) for series, day, tag in keys])
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [wanted])
            return {Key(series, _day(day), tag): Stored(id_, Decimal(value)) for series, day, tag, id_, value in cursor}

    def write(self, values: Mapping[Key, Stored], *, tenant_id: str, now: datetime) -> None:
        """Run one statement over all values; their texts are those of `ExactDecimalField`."""
        moment = connection.ops.adapt_datetimefield_value(now)
        rows = [
            (id_, tenant_id, series, day.isoformat(), tag, dec(value), moment, moment, moment)
            for (series, day, tag), (id_, value) in values.items()
        ]
        with connection.cursor() as cursor:
            cursor.executemany(_WRITE, rows)


def _day(stored: date | str) -> date:
    """Return the day of a column: Python's driver converts it, but will not for ever (deprecated since 3.12)."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


VALUES = _SqliteTable()
