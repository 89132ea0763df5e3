"""Files over HTTP, and whose tenant a request is about."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from ingestion.models import IndexValue, IngestionRun
from jobs import Tenant, get_job_status
from jobs.api.exact_json import ExactJSONParser
from tests.callers import caller_of, stranger
from tests.ingestion.loads import HEADER, load

UPLOAD = "/api/ingestion/csv-upload"
ROW = "WTI,2024-01-15,75.5,FINAL\n"

pytestmark = pytest.mark.usefixtures("jobs_without_redis")


@pytest.fixture
def other(db: None) -> Tenant:
    """Hand out another tenant."""
    return Tenant.objects.create(name="Umbrella", slug="umbrella")


def test_an_owner_s_file_is_loaded(tenant: Tenant, jobs_drain: Any) -> None:
    client = caller_of(tenant)

    answer = client.post(UPLOAD, {"csvData": HEADER + ROW, "createMissingSeries": True})
    jobs_drain()
    run = client.get(f"/api/ingestion/{answer.json()['ingestionId']}").json()

    assert answer.status_code == 202
    assert answer.json()["jobId"] == f"ingest-{tenant.pk}-{run['ingestionId']}"
    assert (run["status"], run["rowCount"], run["upsertedCount"], run["errors"]) == ("SUCCESS", 1, 1, [])
    assert IndexValue.objects.get().tenant == tenant


def test_the_answered_job_is_the_enqueued_one(tenant: Tenant) -> None:
    job_id = caller_of(tenant).post(UPLOAD, {"csvData": HEADER + ROW}).json()["jobId"]

    status = get_job_status("ingestion", job_id)

    assert status is not None


def test_filters_are_kept_with_the_run(tenant: Tenant) -> None:
    wanted = {"seriesCodes": ["WTI"], "startDate": "2024-01-01", "endDate": "2024-01-31"}

    caller_of(tenant).post(UPLOAD, {"csvData": HEADER + ROW, "force": True, **wanted})

    run = IngestionRun.objects.get()
    assert (run.filters, run.force, run.create_missing_series) == (wanted, True, False)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "INVALID_INPUT"),
        ({"csvData": ""}, 400, "INVALID_INPUT"),
        ({"csvData": " \n"}, 400, "EMPTY_CSV"),
        ({"csvData": "a" * 101}, 413, "CSV_TOO_LARGE"),
        ({"csvData": HEADER, "startDate": "20240115"}, 400, "INVALID_INPUT"),
        ({"csvData": HEADER, "startDate": "2024-02-01", "endDate": "2024-01-01"}, 400, "INVALID_INPUT"),
        (["csvData"], 400, "INVALID_INPUT"),
    ],
)
def test_what_is_no_file_is_refused(tenant: Tenant, settings: Any, body: Any, status: int, code: str) -> None:
    settings.INGESTION = {"max_csv_bytes": 100}

    answer = caller_of(tenant).post(UPLOAD, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not IngestionRun.objects.exists()


def test_a_body_that_announces_too_much_is_not_read(tenant: Tenant) -> None:
    answer = caller_of(tenant).post(UPLOAD, {"csvData": HEADER}, CONTENT_LENGTH=str(10**9))

    assert (answer.status_code, answer.json()["code"]) == (413, "REQUEST_ENTITY_TOO_LARGE")


@pytest.mark.parametrize("role", ["MEMBER", "ADMIN"])
def test_only_owners_upload_but_members_look(tenant: Tenant, role: str) -> None:
    run = load(tenant, "WTI,2024-01-15,75.5,FINAL")
    client = caller_of(tenant, role=role)

    assert client.post(UPLOAD, {"csvData": HEADER}).status_code == 403
    assert client.get(f"/api/ingestion/{run.pk}").json()["errors"][0]["code"] == "SERIES_NOT_FOUND"


def test_another_tenant_s_run_is_like_one_that_does_not_exist(tenant: Tenant, other: Tenant) -> None:
    theirs = load(other)
    client = caller_of(tenant)

    found = client.get(f"/api/ingestion/{theirs.pk}")
    unknown = client.get("/api/ingestion/none")

    assert found.status_code == unknown.status_code == client.get("/api/ingestion/a%00b").status_code == 404
    assert found.json()["code"] == unknown.json()["code"] == "RUN_NOT_FOUND"
    assert found.json()["detail"].replace(theirs.pk, "none") == unknown.json()["detail"]


def test_who_is_nobody_or_in_no_tenant_gets_nothing(tenant: Tenant) -> None:
    assert stranger().get("/api/ingestion/r").status_code == 401
    assert caller_of().get("/api/ingestion/r").status_code == 403


def test_who_is_in_several_tenants_names_one(tenant: Tenant, other: Tenant) -> None:
    run = load(other)
    client = caller_of(tenant, other)
    path = f"/api/ingestion/{run.pk}"

    assert (client.get(path).status_code, client.get(path).json()["code"]) == (400, "INVALID_INPUT")
    assert client.get(path, HTTP_X_TENANT=other.slug).status_code == 200
    assert client.get(path, HTTP_X_TENANT=other.pk).status_code == 200
    assert client.get(path, HTTP_X_TENANT=tenant.slug).status_code == 404
    assert caller_of(tenant).get(path, HTTP_X_TENANT=other.slug).status_code == 403


def test_numbers_are_read_as_written() -> None:
    assert ExactJSONParser().parse(BytesIO(b'{"a": 0.10000000000000000001, "b": 1}')) == {
        "a": Decimal("0.10000000000000000001"),
        "b": 1,
    }


@pytest.mark.parametrize("body", [b"{", b"NaN", b"1e99999999999999999999", b"[" * 100_000, b'"\xff"'])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        ExactJSONParser().parse(BytesIO(body))
