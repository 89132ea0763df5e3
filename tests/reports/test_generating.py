"""Making the files, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from calculations.errors import BatchNotCompleted, ResultNotFound, TenantMismatch
from calculations.models import BatchStatus, CalcBatch, CalcResult, Item
from jobs import AuditLog, JobHandle
from reports.errors import BatchKeepsChanging, ReportMismatch, ReportNotFound, ReportNotReady
from reports.models import Report, ReportStatus
from reports.payloads import GenerateReport
from reports.services.download import download_report
from reports.services.draw import draw
from reports.services.enqueue import enqueue_report
from reports.services.generate import TRIES, generate_report
from reports.services.request import request_report
from tests.calculations.rows import make_tenant
from tests.reports.conftest import approved
from tests.reports.values import MADE_AT, pages

Drain = Callable[..., list[JobHandle]]


def wanted(batch: CalcBatch, **changes: Any) -> GenerateReport:
    facts = {"report_type": "price-math", "format": "pdf", "tenant_id": batch.tenant_id, "batch_id": batch.pk}
    return GenerateReport.read({**facts, "user_id": "jane", **changes})


def exports() -> list[AuditLog]:
    return list(AuditLog.objects.filter(action="EXPORT"))


def test_the_file_is_stored_with_its_hash_its_name_and_an_audit_entry(priced: CalcBatch) -> None:
    with time_machine.travel(MADE_AT, tick=False):
        report = generate_report(payload=wanted(priced))

    file = download_report(tenant_id="t1", report_id=report.pk)
    assert report.status == ReportStatus.COMPLETED
    assert (file.filename, file.content_type) == (f"price-math-{priced.pk}.pdf", "application/pdf")
    assert (report.sha256, report.size_bytes) == (hashlib.sha256(file.content).hexdigest(), len(file.content))
    first, *items = pages(file.content)
    assert "Generated: 2024-01-17T10:30:00.123Z" in first
    assert ["Item i1" in items[0], "Item i2" in items[1]] == [True, True]
    (entry,) = exports()
    assert (entry.entity_type, entry.entity_id, entry.user_id) == ("REPORT", report.pk, "jane")
    assert entry.correlation_id == priced.correlation_id
    assert (entry.metadata or {})["sha256"] == report.sha256


def test_drawing_again_with_the_stored_time_gives_the_stored_bytes(priced: CalcBatch) -> None:
    for kind in ({}, {"format": "csv"}, {"report_type": "audit"}, {"report_type": "audit", "format": "csv"}):
        report = generate_report(payload=wanted(priced, **kind))

        again = draw(report, priced, on_progress=lambda _: None)

        assert hashlib.sha256(again).hexdigest() == report.sha256


def test_a_completed_report_is_not_drawn_again(priced: CalcBatch) -> None:
    report = generate_report(payload=wanted(priced))
    approved(priced)

    with CaptureQueriesContext(connection) as captured:
        again = generate_report(payload=wanted(priced))

    assert (again.pk, again.sha256, again.generated_at) == (report.pk, report.sha256, report.generated_at)
    assert len(captured) == 2  # the batch, the report
    assert len(exports()) == 1


@pytest.mark.parametrize(
    ("detailed", "start", "lines"),
    [(False, b"sku,itemName,contractName,basePrice", 3), (True, b"sku,itemName,contractName,step", 7)],
)
def test_csv_comes_as_summary_or_in_detail(priced: CalcBatch, detailed: bool, start: bytes, lines: int) -> None:
    report = generate_report(payload=wanted(priced, format="csv", detailed=detailed))

    file = download_report(tenant_id="t1", report_id=report.pk)
    assert file.content_type == "text/csv; charset=utf-8"
    assert file.content.startswith(start)
    assert file.content.count(b"\r\n") == lines


def test_one_item_can_be_reported_alone(priced: CalcBatch) -> None:
    report = generate_report(payload=wanted(priced, item_id="i2"))

    texts = pages(download_report(tenant_id="t1", report_id=report.pk).content)
    assert len(texts) == 2
    assert "SKU-i2" in texts[1]


def test_progress_rises_to_a_hundred(priced: CalcBatch) -> None:
    told: list[int] = []

    generate_report(payload=wanted(priced), on_progress=told.append)

    assert told == [47, 95, 100]


def test_a_batch_that_is_no_longer_completed_fails_the_report(priced: CalcBatch) -> None:
    report = request_report(
        tenant_id="t1", batch_id=priced.pk, report_type="price-math", format="pdf", user_id="jane"
    ).report
    CalcBatch.objects.filter(pk=priced.pk).update(status=BatchStatus.RUNNING)

    with pytest.raises(BatchNotCompleted):
        generate_report(payload=wanted(priced, report_id=report.pk))

    report.refresh_from_db()
    assert (report.status, report.error) == ("FAILED", f"Batch {priced.pk} must be COMPLETED (is RUNNING)")
    with pytest.raises(ReportNotReady):
        download_report(tenant_id="t1", report_id=report.pk)


def test_rows_of_another_tenant_are_refused(priced: CalcBatch) -> None:
    make_tenant("t2")
    report = generate_report(payload=wanted(priced))

    with pytest.raises(TenantMismatch):
        generate_report(payload=wanted(priced, tenant_id="t2"))
    with pytest.raises(ReportMismatch):
        generate_report(payload=wanted(priced, tenant_id="t2", report_id=report.pk))
    with pytest.raises(ReportNotFound):
        generate_report(payload=wanted(priced, report_id="none"))
    with pytest.raises(ReportNotFound):
        download_report(tenant_id="t2", report_id=report.pk)
    with pytest.raises(ResultNotFound):
        generate_report(payload=wanted(priced, item_id="i9"))


def test_a_batch_that_changes_while_it_is_drawn_is_drawn_anew(priced: CalcBatch) -> None:
    drawings: list[int] = []

    def approve_once(percent: int) -> None:
        if percent == 95 and not drawings:
            approved(priced)
        drawings.extend([percent] if percent == 95 else [])

    report = generate_report(payload=wanted(priced), on_progress=approve_once)

    assert len(drawings) == 2
    texts = pages(download_report(tenant_id="t1", report_id=report.pk).content)
    assert "jane" in texts[0]
    assert all("APPROVED" in text for text in texts[1:])


def test_a_batch_that_always_changes_is_left_for_another_attempt(priced: CalcBatch) -> None:
    def change(percent: int) -> None:
        CalcBatch.objects.filter(pk=priced.pk).update(run=100 + len(drawings))
        drawings.append(percent)

    drawings: list[int] = []
    with pytest.raises(BatchKeepsChanging):
        generate_report(payload=wanted(priced), on_progress=change)

    assert drawings.count(95) == TRIES
    assert Report.objects.get().status == ReportStatus.FAILED


def test_the_job_makes_the_report_and_answers_what_the_queue_promises(priced: CalcBatch, jobs_drain: Drain) -> None:
    job = enqueue_report(
        {"tenantId": "t1", "reportType": "price-math", "batchId": priced.pk, "format": "csv", "userId": "jane"}
    )

    (run,) = jobs_drain(queue="reports")

    report = Report.objects.get()
    assert (run.state, run.progress, run.job_id) == ("completed", 100, f"report-t1-{priced.pk}-csv")
    assert run.returnvalue == {
        "status": "GENERATED",
        "reportId": report.pk,
        "reportType": "price-math",
        "format": "csv",
        "timestamp": run.returnvalue["timestamp"],
    }
    assert not enqueue_report(wanted(priced, format="csv")).created
    assert job.refresh().retry().state == "waiting"
    (again,) = jobs_drain(queue="reports")
    assert again.returnvalue == run.returnvalue
    assert len(exports()) == 1


def test_a_refusal_is_a_dead_letter_at_once(priced: CalcBatch, jobs_drain: Drain) -> None:
    CalcBatch.objects.filter(pk=priced.pk).update(status=BatchStatus.FAILED)
    enqueue_report(wanted(priced))

    (run,) = jobs_drain(queue="reports", delayed=True)

    assert (run.state, run.attempts_made) == ("failed", 1)
    assert "must be COMPLETED" in str(run.failed_reason)


def test_a_large_batch_is_read_in_pages(priced: CalcBatch) -> None:
    grow(priced, CalcResult.objects.get(batch=priced, item_id="i1"), 598)

    with CaptureQueriesContext(connection) as captured:
        report = generate_report(payload=wanted(priced))

    pages_read = [query for query in captured if '"calculations_calcresult"."id" IN' in query["sql"]]
    assert len(pages_read) == 3
    assert len(captured) < 30
    reader = PdfReader(BytesIO(download_report(tenant_id="t1", report_id=report.pk).content))
    assert len(reader.pages) == 601


def grow(batch: CalcBatch, result: CalcResult, count: int) -> None:
    """Give a batch so many further items with results like one it has."""
    like = Item.objects.get(pk=result.item_id)
    items = [
        Item(
            id=f"x{number}",
            tenant=like.tenant,
            contract=like.contract,
            pam=like.pam,
            sku=f"X-{number}",
            name=like.name,
            base_price=like.base_price,
            base_currency=like.base_currency,
            uom=like.uom,
        )
        for number in range(count)
    ]
    Item.objects.bulk_create(items)
    fields = ("tenant_id", "batch_id", "adjusted_price", "adjusted_currency", "unit", "contributions", "effective_date")
    facts = {name: getattr(result, name) for name in fields}
    CalcResult.objects.bulk_create(CalcResult(item=item, **facts) for item in items)
    frozen = batch.frozen_inputs
    frozen["items"] += [{**frozen["items"][0], "id": item.pk, "sku": item.sku} for item in items]
    batch.inputs.save()
    CalcBatch.objects.filter(pk=batch.pk).update(items_total=count + 2, items_succeeded=count + 2)
