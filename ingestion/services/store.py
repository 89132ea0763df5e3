"""Stores a chunk of rows (domain specification, section 9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ingestion.bulk import values_table
from ingestion.faults import RowFault
from ingestion.models import IngestionRun
from ingestion.numbers import dec
from ingestion.parsing.rows import Row
from ingestion.services.resolve import KnownSeries, resolve_series
from ingestion.settling import Change, Key, settle
from jobs import new_id, write_audits


class Store(NamedTuple):
    """What storing a chunk did; `rows` are those that the table holds now."""

    rows: list[Row]
    faults: list[RowFault]
    upserted: int
    skipped: int


def store_rows(*, run: IngestionRun, rows: Iterable[Row], user_id: str, now: datetime) -> Store:
    """Insert and update what the rows say, inside the caller's transaction, with an audit of each changed value.

    The number of statements does not depend on the number of rows.
    """
    rows = list(rows)
    if not rows:
        return Store([], [], 0, 0)
    series = resolve_series(
        tenant_id=run.tenant_id,
        codes={row.series_code for row in rows},
        create_missing=run.create_missing_series,
        user_id=user_id,
        correlation_id=run.id,
    )
    good, faults = split(rows, series)
    arrivals: list[tuple[Key, Decimal]] = [
        ((series[row.series_code].id, row.as_of_date, row.version_tag), row.value) for row in good
    ]
    table = values_table()
    found = table.find({key for key, _ in arrivals})
    settlement = settle(arrivals, found, force=run.force, new_id=new_id)
    new = {key: value for key, value in settlement.writes.items() if key not in found}
    if new:
        table.insert(new, tenant_id=run.tenant_id, now=now)
    if len(new) < len(settlement.writes):
        table.update([value for key, value in settlement.writes.items() if key in found], now=now)
    _write_changes(run, settlement.changes, series, user_id)
    return Store(good, faults, settlement.upserted, settlement.skipped)


def split(rows: Iterable[Row], series: Mapping[str, KnownSeries]) -> tuple[list[Row], list[RowFault]]:
    """Part the rows that can be stored from those that cannot."""
    good: list[Row] = []
    faults: list[RowFault] = []
    for row in rows:
        known = series.get(row.series_code)
        if known is None:
            faults.append(_fault(row, "SERIES_NOT_FOUND", row.series_code))
        elif known.is_rate and row.value <= 0:
            faults.append(_fault(row, "FX_NOT_POSITIVE", dec(row.value)))
        else:
            good.append(row)
    return good, faults


def _fault(row: Row, code: str, found: str) -> RowFault:
    return RowFault(line=row.line, code=code, found=found, series_code=row.series_code, as_of_date=row.as_of_date)


def _write_changes(
    run: IngestionRun, changes: Iterable[Change], series: Mapping[str, KnownSeries], user_id: str
) -> None:
    """Audit every value that became another one."""
    codes = {known.id: code for code, known in series.items()}
    write_audits(
        {
            "tenant_id": run.tenant_id,
            "action": "UPDATE",
            "entity_type": "INDEX_VALUE",
            "entity_id": id_,
            "user_id": user_id,
            "correlation_id": run.id,
            "changes": {"before": {"value": dec(before)}, "after": {"value": dec(after)}},
            "metadata": {"seriesCode": codes[series_id], "asOfDate": day.isoformat(), "versionTag": tag},
        }
        for id_, (series_id, day, tag), before, after in changes
    )
