"""Ingestion jobs are asked for in three ways, and the same input is one job."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ingestion.payloads import IngestIndexData, Point
from ingestion.services.enqueue import enqueue_ingestion
from jobs import Tenant
from jobs.errors import InvalidPayload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]

DOCUMENT = {
    "tenantId": "tenant-123",
    "seriesCode": "WTI",
    "asOfDate": "2024-01-15",
    "versionTag": "final",
    "source": "csv",
    "data": [{"value": 75.5}],
}
JOB_ID = "ingest-tenant-123-WTI-2024-01-15-final"


def test_a_json_object_keywords_and_a_payload_ask_for_the_same_job() -> None:
    keywords: dict[str, Any] = {
        "tenant_id": "tenant-123",
        "series_code": "WTI",
        "as_of_date": date(2024, 1, 15),
        "version_tag": "FINAL",
        "source": "csv",
        "data": [{"value": Decimal("75.5")}],
    }

    first = enqueue_ingestion(DOCUMENT)
    second = enqueue_ingestion(**keywords)
    third = enqueue_ingestion(IngestIndexData(**keywords))

    assert (first.job_id, first.created) == (JOB_ID, True)
    assert {second.id, third.id} == {first.id}
    assert (second.created, third.created) == (False, False)
    assert first.data["data"] == [{"value": "75.5"}]


def test_other_data_for_the_same_key_are_another_job_once() -> None:
    first = enqueue_ingestion(DOCUMENT)
    revised = DOCUMENT | {"data": [{"value": "76"}]}

    second, again = enqueue_ingestion(revised), enqueue_ingestion(revised)

    assert second.created
    assert second.job_id.startswith(f"{first.job_id}-")
    assert len(second.job_id) == len(first.job_id) + 9
    assert (again.id, again.created) == (second.id, False)


def test_a_job_id_of_the_caller_stands_whatever_the_data() -> None:
    first = enqueue_ingestion(DOCUMENT, job_id="mine")
    second = enqueue_ingestion(DOCUMENT | {"data": []}, job_id="mine")

    assert (second.id, second.created) == (first.id, False)


def test_the_options_reach_the_job() -> None:
    job = enqueue_ingestion(DOCUMENT, priority=100, delay=timedelta(minutes=1), attempts=5)

    assert (job.priority, job.state, job.row.max_attempts) == (100, "delayed", 5)


def test_points_of_many_keys_have_no_default_id() -> None:
    points = (Point(series_code="WTI", as_of_date="2024-01-15", value="1", version_tag="final"),)

    assert IngestIndexData(tenant_id="t", source="api", data=points).default_job_id() is None


def test_a_slash_in_a_code_does_not_break_the_id() -> None:
    job = enqueue_ingestion(DOCUMENT | {"seriesCode": "USD/bbl"})

    assert job.job_id == "ingest-tenant-123-USD%2Fbbl-2024-01-15-final"


@pytest.mark.parametrize(
    "fault",
    [
        {"asOfDate": "15.01.2024"},
        {"asOfDate": 1705276800},
        {"versionTag": "latest"},
        {"source": "ftp"},
        {"seriesCode": ""},
        {"uploadId": "u-1"},
        {"data": [{"value": True}]},
        {"data": [{"value": float("nan")}]},
        {"data": [{"worth": "1"}]},
        {"seriescode": "WTI"},
    ],
)
def test_a_payload_with_a_fault_is_refused_at_once(tenant: Tenant, fault: dict[str, Any]) -> None:
    with pytest.raises(InvalidPayload):
        enqueue_ingestion(DOCUMENT | fault)
