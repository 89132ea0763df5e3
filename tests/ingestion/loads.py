"""Makes and runs loads for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ingestion.models import IndexValue, IngestionContent, IngestionRun, Source
from ingestion.numbers import dec
from ingestion.services.run import run_ingestion
from jobs import Tenant

HEADER = "seriesCode,asOfDate,value,versionTag\n"


def make_run(tenant: Tenant, rows: Iterable[str], **facts: Any) -> IngestionRun:
    """Return a queued run of a file with these rows."""
    run = IngestionRun.objects.create(tenant=tenant, source=Source.CSV, provider="CSV", **facts)
    IngestionContent.objects.create(run=run, text=HEADER + "".join(f"{row}\n" for row in rows))
    return run


def load(tenant: Tenant, *rows: str, **facts: Any) -> IngestionRun:
    """Return the finished run of a file with these rows."""
    return run_ingestion(run_id=make_run(tenant, rows, **facts).id)


def counts(run: IngestionRun) -> tuple[int, int, int, int, int, int]:
    """Return rows, fetched, filtered, upserted, skipped, errors."""
    return (
        run.row_count,
        run.fetched_count,
        run.filtered_count,
        run.upserted_count,
        run.skipped_count,
        run.error_count,
    )


def stored(tenant: Tenant) -> dict[tuple[str, str, str], str]:
    """Return all values of a tenant: (code, day, tag) -> number."""
    values = IndexValue.objects.filter(tenant=tenant).select_related("series")
    return {(v.series.series_code, v.as_of_date.isoformat(), v.version_tag): dec(v.value) for v in values}
