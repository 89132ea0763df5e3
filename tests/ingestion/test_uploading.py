"""Files come in at the door, and their job follows."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import Settings

from ingestion.data.reference import CONSUMER_PRICES_CSV, CSV_FILES, EURO_RATES_CSV, REFERENCE_SERIES
from ingestion.faults import CsvTooLarge, EmptyCsv, InvalidCsv
from ingestion.models import IndexSeries, IngestionContent, IngestionRun
from ingestion.payloads import IngestIndexData
from ingestion.services.lookup import look_up
from ingestion.services.reference_series import create_reference_series
from ingestion.services.upload import upload_csv
from jobs import Tenant
from jobs.testing import assert_enqueued, assert_not_enqueued, drain
from tests.ingestion.loads import HEADER, stored
from tests.ingestion.rows import make_series

pytestmark = pytest.mark.usefixtures("jobs_without_redis")


def test_an_upload_keeps_the_file_and_enqueues_its_load(tenant: Tenant) -> None:
    run = upload_csv(tenant_id=tenant.id, content=HEADER.encode(), requested_by="u-1")

    job = assert_enqueued(IngestIndexData, tenant_id=tenant.id, upload_id=run.id)
    assert job.job_id == f"ingest-{tenant.id}-{run.id}"
    assert (run.status, run.source, run.requested_by) == ("QUEUED", "csv", "u-1")
    assert run.content.text == HEADER


def test_the_load_follows_filters_and_flags(tenant: Tenant) -> None:
    make_series(tenant, "WTI")
    rows = "WTI,2024-01-14,1,FINAL\nWTI,2024-01-15,2,FINAL\nNEW,2024-01-15,3,FINAL\nOTHER,2024-01-15,4,FINAL\n"

    run = upload_csv(
        tenant_id=tenant.id,
        content=HEADER + rows,
        series_codes=["WTI", "NEW"],
        start_date=date(2024, 1, 15),
        create_missing_series=True,
    )
    drain()

    run.refresh_from_db()
    assert (run.status, run.filtered_count) == ("SUCCESS", 2)
    assert stored(tenant) == {("WTI", "2024-01-15", "FINAL"): "2", ("NEW", "2024-01-15", "FINAL"): "3"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [(HEADER + "x" * 100, CsvTooLarge), ("  ", EmptyCsv), (b"\xff", InvalidCsv), ("a\0", InvalidCsv)],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    tenant: Tenant, settings: Settings, content: str | bytes, fault: type[Exception]
) -> None:
    settings.INGESTION = {"max_csv_bytes": 100}

    with pytest.raises(fault):
        upload_csv(tenant_id=tenant.id, content=content)

    assert not IngestionRun.objects.exists()
    assert not IngestionContent.objects.exists()
    assert_not_enqueued(IngestIndexData)


def test_the_reference_series_are_those_of_the_files(tenant: Tenant) -> None:
    create_reference_series(tenant_id=tenant.id)
    again = create_reference_series(tenant_id=tenant.id)

    codes = {line.split(",")[0] for path in CSV_FILES for line in path.read_text("utf-8").splitlines()[1:]}
    assert codes == {series.series_code for series in again} == {series.code for series in REFERENCE_SERIES}
    assert IndexSeries.objects.filter(tenant=tenant).count() == len(codes)


def test_the_public_data_load_without_an_error(tenant: Tenant) -> None:
    create_reference_series(tenant_id=tenant.id)

    runs = [
        upload_csv(tenant_id=tenant.id, content=path.read_bytes()) for path in (EURO_RATES_CSV, CONSUMER_PRICES_CSV)
    ]
    drain()

    for run in runs:
        run.refresh_from_db()
    assert [(run.status, run.row_count, run.upserted_count, run.error_count) for run in runs] == [
        ("SUCCESS", 17_510, 17_510, 0),
        ("SUCCESS", 1_596, 1_596, 0),
    ]
    found = look_up(tenant_id=tenant.id, series_code="EUR_USD", as_of_date=date(2020, 1, 4))
    assert (str(found.value.normalize()), found.gap_days) == ("1.1147", 1)
