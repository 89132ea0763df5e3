"""Asking for reports: which request makes a new one, and which gets the one there is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from calculations.errors import BatchNotCompleted, BatchNotFound, ResultNotFound, TenantMismatch
from calculations.models import BatchStatus, CalcBatch
from calculations.services.override import override
from jobs import JobHandle
from jobs.testing import assert_enqueued, assert_not_enqueued
from reports.models import Report, ReportStatus
from reports.payloads import GenerateReport
from reports.services.enqueue import enqueue_report
from reports.services.request import RequestedReport, request_report
from tests.calculations.rows import make_tenant
from tests.reports.conftest import approved

Drain = Callable[..., list[JobHandle]]


def ask(batch: CalcBatch, **changes: Any) -> RequestedReport:
    options: dict[str, Any] = {"report_type": "price-math", "format": "pdf", "user_id": "jane"}
    return request_report(tenant_id=batch.tenant_id, batch_id=batch.pk, **(options | changes))


def test_a_request_makes_a_row_and_its_job(priced: CalcBatch) -> None:
    asked = ask(priced)

    assert asked.created
    assert (asked.report.status, asked.report.requested_by) == (ReportStatus.QUEUED, "jane")
    assert asked.report.job_id == f"report-t1-{priced.pk}-pdf"
    job = assert_enqueued(GenerateReport, report_id=asked.report.pk, user_id="jane")
    assert (job.queue, job.job_id) == ("reports", asked.report.job_id)


def test_the_same_request_gets_the_same_report_before_and_after_it_is_made(
    priced: CalcBatch, jobs_drain: Drain
) -> None:
    first = ask(priced)
    second = ask(priced)
    jobs_drain()
    third = ask(priced)

    assert [asked.created for asked in (first, second, third)] == [True, False, False]
    assert {asked.report.pk for asked in (first, second, third)} == {first.report.pk}
    assert_enqueued(GenerateReport, count=1)


def test_each_kind_is_a_report_of_its_own(priced: CalcBatch) -> None:
    kinds: list[dict[str, Any]] = [
        {},
        {"format": "csv"},
        {"format": "csv", "detailed": True},
        {"item_id": "i1"},
        {"report_type": "audit"},
        {"report_type": "audit", "format": "csv"},
    ]

    ids = [ask(priced, **kind).report.job_id.removeprefix(f"report-t1-{priced.pk}-") for kind in kinds]

    assert ids == ["pdf", "csv", "csv-detailed", "pdf-i1", "pdf-audit", "csv-audit"]


@pytest.mark.parametrize("report_type", ["price-math", "audit"])
def test_after_an_approval_a_request_makes_a_new_report(priced: CalcBatch, jobs_drain: Drain, report_type: str) -> None:
    before = ask(priced, report_type=report_type).report
    jobs_drain()
    approved(priced)

    after = ask(priced, report_type=report_type)

    assert after.created
    assert after.report.job_id == f"{before.job_id}-{after.report.pk}"
    assert not ask(priced, report_type=report_type).created


def test_after_an_override_a_request_makes_a_new_report(priced: CalcBatch, jobs_drain: Drain) -> None:
    approved(priced)
    ask(priced)
    jobs_drain()

    for price in ("230", "240"):
        override(tenant_id="t1", batch_id=priced.pk, item_id="i2", override_price=price, reason="x", user_id="jane")
        assert ask(priced).created
        assert not ask(priced).created


def test_making_reports_does_not_make_an_audit_report_out_of_date(priced: CalcBatch, jobs_drain: Drain) -> None:
    ask(priced, report_type="audit")
    ask(priced)
    jobs_drain()

    assert not ask(priced, report_type="audit").created


def test_a_report_whose_job_is_dead_is_made_anew(priced: CalcBatch, jobs_drain: Drain) -> None:
    dead = ask(priced).report
    CalcBatch.objects.filter(pk=priced.pk).update(status=BatchStatus.RUNNING)
    jobs_drain(queue="reports")
    CalcBatch.objects.filter(pk=priced.pk).update(status=BatchStatus.COMPLETED)

    again = ask(priced)

    assert again.created
    assert again.report.pk != dead.pk
    jobs_drain()
    assert Report.objects.get(pk=again.report.pk).status == ReportStatus.COMPLETED


def test_a_default_id_that_a_plain_enqueue_has_taken_does_not_swallow_the_request(priced: CalcBatch) -> None:
    enqueue_report(tenant_id="t1", report_type="price-math", batch_id=priced.pk, format="pdf", user_id="bob")

    asked = ask(priced)

    assert asked.report.job_id == f"report-t1-{priced.pk}-pdf-{asked.report.pk}"


@pytest.mark.parametrize("status", [BatchStatus.QUEUED, BatchStatus.RUNNING, BatchStatus.FAILED])
def test_only_a_completed_batch_can_be_reported(priced: CalcBatch, status: str) -> None:
    CalcBatch.objects.filter(pk=priced.pk).update(status=status)

    with pytest.raises(BatchNotCompleted, match=f"must be COMPLETED .is {status}"):
        ask(priced)

    assert_not_enqueued(GenerateReport)


def test_unknown_batches_items_and_other_tenants_are_refused(priced: CalcBatch) -> None:
    with pytest.raises(ResultNotFound):
        ask(priced, item_id="i3")
    with pytest.raises(BatchNotFound):
        request_report(tenant_id="t1", batch_id="none", report_type="audit", format="csv", user_id="jane")
    with pytest.raises(TenantMismatch):
        request_report(
            tenant_id=make_tenant("t2").pk, batch_id=priced.pk, report_type="audit", format="csv", user_id="jane"
        )
    assert not Report.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_time_make_one_report(priced: CalcBatch) -> None:
    def ask_alone(_: int) -> tuple[str, bool]:
        try:
            asked = ask(priced)
            return asked.report.pk, asked.created
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask_alone, range(16)))

    assert len({report_id for report_id, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1
    assert_enqueued(GenerateReport, count=1)
