"""Reports over HTTP: asked for, looked at, downloaded."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from calculations.models import CalcBatch
from calculations.services.create_batch import create_batch
from jobs import Tenant, get_job_status
from reports.models import Report
from reports.services.request import request_report
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant
from tests.callers import caller_of, stranger
from tests.reports.conftest import DAY, INDEXED

PATH = "/api/reports"


def wanted(batch: CalcBatch, **changes: Any) -> dict[str, Any]:
    return {"reportType": "price-math", "batchId": batch.pk, "format": "csv"} | changes


def report_of(batch: CalcBatch) -> Report:
    return request_report(
        tenant_id=batch.tenant_id, report_type="price-math", batch_id=batch.pk, format="csv", user_id="jane"
    ).report


@pytest.mark.parametrize(("form", "begins"), [("csv", b"sku,itemName"), ("pdf", b"%PDF-")])
def test_a_member_asks_for_a_report_and_downloads_it(
    priced: CalcBatch, jobs_drain: Any, form: str, begins: bytes
) -> None:
    client = caller_of(priced.tenant, role="MEMBER")

    asked = client.post(PATH, wanted(priced, format=form))
    jobs_drain()
    path = f"{PATH}/{asked.json()['reportId']}"
    report = client.get(path).json()
    file = client.get(f"{path}/download", HTTP_ACCEPT="text/csv")

    content = file.getvalue()
    assert (asked.status_code, report["status"], report["jobId"]) == (202, "COMPLETED", asked.json()["jobId"])
    assert (report["sizeBytes"], report["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert content.startswith(begins)
    assert file.headers["content-type"] == report["contentType"]
    assert f'filename="price-math-{priced.pk}.{form}"' in file.headers["content-disposition"]


def test_the_same_report_is_made_once(priced: CalcBatch) -> None:
    client = caller_of(priced.tenant)

    first, second = client.post(PATH, wanted(priced)), client.post(PATH, wanted(priced))

    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == second.json()
    assert get_job_status("reports", first.json()["jobId"]) is not None


def test_a_file_that_is_not_made_yet_is_a_conflict(priced: CalcBatch) -> None:
    report = report_of(priced)
    client = caller_of(priced.tenant)

    answer = client.get(f"{PATH}/{report.pk}/download", HTTP_ACCEPT="application/pdf")

    assert (answer.status_code, answer.json()["code"]) == (409, "REPORT_NOT_READY")
    assert client.get(f"{PATH}/{report.pk}").json()["filename"] is None


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"reportType": "other"}, 400, "INVALID_INPUT"),
        ({"format": "xls"}, 400, "INVALID_INPUT"),
        ({"batchId": ""}, 400, "INVALID_INPUT"),
        ({"batchId": "none"}, 404, "BATCH_NOT_FOUND"),
        ({"itemId": "none"}, 404, "RESULT_NOT_FOUND"),
    ],
)
def test_what_cannot_be_reported_is_refused(priced: CalcBatch, changes: dict[str, Any], status: int, code: str) -> None:
    answer = caller_of(priced.tenant).post(PATH, wanted(priced, **changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Report.objects.exists()


def test_a_batch_that_is_not_completed_is_a_conflict(tenant: Tenant) -> None:
    pam = make_pam(tenant, INDEXED)
    make_item(pam, contract=make_contract(tenant))
    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch

    answer = caller_of(tenant).post(PATH, wanted(batch))

    assert (answer.status_code, answer.json()["code"]) == (409, "BATCH_NOT_COMPLETED")


def test_another_tenant_s_reports_and_batches_are_like_ones_that_do_not_exist(priced: CalcBatch) -> None:
    report = report_of(priced)
    client = caller_of(make_tenant("t2"))

    asked = client.post(PATH, wanted(priced))
    answers = [client.get(f"{PATH}/{report.pk}"), client.get(f"{PATH}/{report.pk}/download")]

    assert (asked.status_code, asked.json()["code"]) == (404, "BATCH_NOT_FOUND")
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "REPORT_NOT_FOUND")] * 2
    assert client.get(f"{PATH}/none").json()["detail"] == answers[0].json()["detail"].replace(report.pk, "none")


def test_who_is_nobody_or_in_no_tenant_gets_nothing(priced: CalcBatch) -> None:
    report = report_of(priced)

    for path in (f"{PATH}/{report.pk}", f"{PATH}/{report.pk}/download"):
        assert (stranger().get(path).status_code, caller_of().get(path).status_code) == (401, 403)
    assert (stranger().post(PATH).status_code, caller_of().post(PATH).status_code) == (401, 403)
