"""Writes and reads roll-ups: one statement for all that a process has counted."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.ids import new_id
from jobs.measure import OUTCOMES, Measure
from jobs.rows.dialect import POSTGRESQL, columns, run
from jobs.rows.reclaim import Reclaimed
from jobs.states import State

Key = tuple[int, float, str, str]
"""(minutes, start as seconds since 1970, queue, actor)."""

_NAMES = ("minutes", "start", "queue", "actor", "shard", *OUTCOMES, "wait_ms", "run_ms", "waits", "runs")
_INTO = f"INSERT INTO jobs_rollup ({', '.join(_NAMES)})"
_OVER = f"""
ON CONFLICT (minutes, start, queue, actor, shard) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _NAMES[5:])}"""

_TYPES = ("int", "timestamptz", "text", "text", "text", *["int"] * len(OUTCOMES), "float", "float", "jsonb", "jsonb")
_POSTGRESQL = f"""{_INTO}
SELECT {", ".join(f"{name}::jsonb" if kind == "jsonb" else name for name, kind in zip(_NAMES, _TYPES, strict=True))}
FROM unnest({", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in _TYPES)}) AS r({", ".join(_NAMES)})
{_OVER}"""

_SQLITE = f"""{_INTO}
SELECT {", ".join(f"value ->> {place}" for place in range(len(_NAMES)))} FROM json_each(%s) WHERE true
{_OVER}"""


def write_roll_ups(connection: BaseDatabaseWrapper, measures: Mapping[Key, Measure], *, shard: str) -> None:
    """Write what a process has counted of some minutes and hours, over what it wrote of them before."""
    rows = [
        _row(connection, key, measure, shard) for key, measure in sorted(measures.items(), key=lambda item: item[0])
    ]
    if connection.vendor == POSTGRESQL:
        run(connection, _POSTGRESQL, columns(rows, len(_NAMES)))
    else:
        run(connection, _SQLITE, [json.dumps(rows)])


def count_lost(connection: BaseDatabaseWrapper, rows: Sequence[Reclaimed]) -> None:
    """Count the runs that were lost with their process, in the transaction that takes the jobs back.

    A job that is a dead letter or cancelled for it counts as such. How long they ran is not known.
    """
    now = time.time()
    measures: defaultdict[Key, Measure] = defaultdict(Measure)
    for row in rows:
        name = "lost" if row.state == State.WAITING else row.state
        for minutes in (1, 60):
            measures[(minutes, now - now % (minutes * 60), row.queue, row.actor)].outcomes[name] += 1
    if measures:
        write_roll_ups(connection, measures, shard=new_id())


def _row(connection: BaseDatabaseWrapper, key: Key, measure: Measure, shard: str) -> list[Any]:
    minutes, start, queue, actor = key
    at = datetime.fromtimestamp(start, tz=UTC)
    spans = [json.dumps({str(n): count for n, count in counts.items()}) for counts in (measure.waits, measure.runs)]
    return [
        minutes,
        at if connection.vendor == POSTGRESQL else f"{at:%Y-%m-%d %H:%M:%S}",
        queue,
        actor,
        shard,
        *(measure.outcomes[name] for name in OUTCOMES),
        round(measure.wait_ms, 3),
        round(measure.run_ms, 3),
        *spans,
    ]


def keep_for(connection: BaseDatabaseWrapper, span: timedelta, *, now: datetime, limit: int) -> int:
    """Delete up to `limit` roll-ups that are older; return how many."""
    oldest = now - span
    at = oldest if connection.vendor == POSTGRESQL else f"{oldest.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    sql = (
        "DELETE FROM jobs_rollup WHERE id IN "
        "(SELECT id FROM jobs_rollup WHERE minutes IN (1, 60) AND start < %s ORDER BY minutes, start LIMIT %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [at, limit])
        return int(cursor.rowcount)
