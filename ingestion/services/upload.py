"""Takes an uploaded CSV file in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from ingestion.conf import ingestion_settings
from ingestion.filters import Filters
from ingestion.models import IngestionContent, IngestionRun, Source
from ingestion.parsing.records import decode
from ingestion.payloads import IngestIndexData
from ingestion.services.enqueue import enqueue_ingestion
from ingestion.services.resolve import CSV_PROVIDER


def upload_csv(
    *,
    tenant_id: str,
    content: str | bytes,
    series_codes: Iterable[str] = (),
    start_date: date | None = None,
    end_date: date | None = None,
    force: bool = False,
    create_missing_series: bool = False,
    requested_by: str | None = None,
) -> IngestionRun:
    """Keep the file and enqueue its load, in one transaction; the run's id is the job's upload id.

    Raises `CsvTooLarge`, `EmptyCsv`, or `InvalidCsv` for what is no text, before anything is kept. Other faults of
    the file are found by the run and told by its status.
    """
    text = decode(content, max_bytes=ingestion_settings().max_csv_bytes)
    filters = Filters(series_codes=frozenset(series_codes), start_date=start_date, end_date=end_date)
    with transaction.atomic():
        run = IngestionRun.objects.create(
            tenant_id=tenant_id,
            source=Source.CSV,
            provider=CSV_PROVIDER,
            filters=filters.as_json(),
            force=force,
            create_missing_series=create_missing_series,
            requested_by=requested_by,
        )
        IngestionContent.objects.create(run=run, text=text)
        enqueue_ingestion(IngestIndexData(tenant_id=tenant_id, source=Source.CSV, upload_id=run.id))
    return run
