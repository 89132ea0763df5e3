"""Index values in PostgreSQL: found by a join with JSON, written by COPY."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection

from ingestion.bulk.table import COLUMNS, UPDATE_ON_CONFLICT
from ingestion.settling import Key, Stored

_FIND = """
    SELECT v.series_id, v.as_of_date, v.version_tag, v.id, v.value
    FROM json_array_elements(%s::json) AS wanted
    JOIN ingestion_indexvalue AS v
      ON v.series_id = wanted ->> 0 AND v.as_of_date = (wanted ->> 1)::date AND v.version_tag = wanted ->> 2
"""
_CREATE = """
    CREATE TEMPORARY TABLE ingestion_incoming
    (id text, series_id text, as_of_date date, version_tag text, value numeric(28, 12)) ON COMMIT DROP
"""
_COPY = "COPY ingestion_incoming FROM STDIN"
_MOVE = f"""
    INSERT INTO ingestion_indexvalue ({COLUMNS})
    SELECT id, %s, series_id, as_of_date, version_tag, value, NULL, %s, %s, %s FROM ingestion_incoming
    {UPDATE_ON_CONFLICT}
"""  # noqa: S608 (constants)
_DROP = "DROP TABLE ingestion_incoming"


class _PostgresTable:
    chunk_rows = 20_000

    def find(self, keys: Collection[Key]) -> dict[Key, Stored]:
        """Return the stored values of these keys; one JSON parameter costs a third of three arrays."""
        wanted = json.dumps([(series, day.isoformat(), tag) for series, day, tag in keys])
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [wanted])
            return {Key(series, day, tag): Stored(id_, value) for series, day, tag, id_, value in cursor}

    def write(self, values: Mapping[Key, Stored], *, tenant_id: str, now: datetime) -> None:
        """Copy the values into a table of this transaction, and from there into the real one."""
        with connection.cursor() as cursor:
            cursor.execute(_CREATE)
            with cursor.copy(_COPY) as copy:
                for (series, day, tag), (id_, value) in values.items():
                    copy.write_row((id_, series, day, tag, value))
            cursor.execute(_MOVE, [tenant_id, now, now, now])
            cursor.execute(_DROP)  # an outer transaction may hold the next chunk as well


VALUES = _PostgresTable()
