"""The job: points and files, repeated and refused."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.models import IngestionRun
from ingestion.services.enqueue import enqueue_ingestion
from jobs import Tenant
from jobs.testing import drain
from tests.ingestion.loads import counts, make_run, stored
from tests.ingestion.rows import make_series

pytestmark = pytest.mark.usefixtures("jobs_without_redis")


def _payload(tenant: Tenant, **fields: Any) -> dict[str, Any]:
    return {
        "tenantId": tenant.id,
        "seriesCode": "WTI",
        "asOfDate": "2024-01-15",
        "versionTag": "final",
        "source": "api",
        **fields,
    }


def test_points_are_stored_under_a_run_of_the_jobs_id(tenant: Tenant, heard: list[dict[str, Any]]) -> None:
    make_series(tenant, "WTI")
    points = [{"value": 75.5}, {"value": "75.6", "versionTag": "REVISED"}, {"value": "x", "asOfDate": "2024-01-16"}]

    job = enqueue_ingestion(_payload(tenant, data=points))
    drain()

    run = IngestionRun.objects.get(pk=job.id)
    assert stored(tenant) == {("WTI", "2024-01-15", "FINAL"): "75.5", ("WTI", "2024-01-15", "REVISED"): "75.6"}
    assert (run.source, run.provider, counts(run)) == ("api", "API", (3, 2, 0, 2, 0, 1))
    assert run.errors == [
        {
            "line": 3,
            "code": "INVALID_VALUE",
            "message": "Invalid value: x",
            "seriesCode": "WTI",
            "asOfDate": "2024-01-16",
        }
    ]
    assert heard[0]["facts"] | {"versionTag": "final", "seriesCode": "WTI"} == heard[0]["facts"]


def test_the_result_and_the_progress_are_the_jobs(tenant: Tenant) -> None:
    make_series(tenant, "WTI")

    job = enqueue_ingestion(_payload(tenant, data=[{"value": "1"}]))
    drain()

    result = job.refresh().returnvalue
    assert {**result, "timestamp": ""} == {
        "status": "SUCCESS",
        "recordCount": 1,
        "ingestionId": job.id,
        "timestamp": "",
    }
    assert result["timestamp"].endswith("Z")
    assert (job.state, job.progress) == ("completed", 100)


def test_bad_data_are_a_failed_run_and_not_a_failed_job(tenant: Tenant) -> None:
    job = enqueue_ingestion(_payload(tenant, data=[{"value": "1"}]))
    drain()

    assert (job.refresh().state, job.returnvalue["status"]) == ("completed", "FAILED")


def test_a_job_without_data_says_so(tenant: Tenant) -> None:
    job = enqueue_ingestion(_payload(tenant))
    drain()

    assert job.refresh().returnvalue["status"] == "FAILED"
    assert IngestionRun.objects.get(pk=job.id).errors[0]["code"] == "NO_DATA"


def test_a_repeated_job_returns_the_stored_result(tenant: Tenant, heard: list[dict[str, Any]]) -> None:
    make_series(tenant, "WTI")
    job = enqueue_ingestion(_payload(tenant, data=[{"value": "1"}]))
    drain()
    first = job.refresh().returnvalue

    job.retry()
    drain()

    assert job.refresh().returnvalue == first
    assert IngestionRun.objects.count() == len(heard) == 1


def test_an_upload_of_another_tenant_is_a_dead_letter_at_once(tenant: Tenant) -> None:
    run = make_run(Tenant.objects.create(name="Other", slug="other"), ["WTI,2024-01-15,1,FINAL"])

    job = enqueue_ingestion(tenant_id=tenant.id, source="csv", upload_id=run.id)
    drain()

    run.refresh_from_db()
    assert (job.refresh().state, job.attempts_made, run.status) == ("failed", 1, "QUEUED")


@pytest.mark.parametrize("fields", [{"upload_id": "gone"}, {"data": []}])
def test_a_job_for_nothing_that_exists_is_a_dead_letter_at_once(db: None, fields: dict[str, Any]) -> None:
    job = enqueue_ingestion(tenant_id="nobody", source="api", **fields)
    drain()

    assert (job.refresh().state, job.attempts_made) == ("failed", 1)
    assert not IngestionRun.objects.exists()
