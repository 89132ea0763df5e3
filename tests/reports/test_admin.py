"""What operators see of reports."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calculations.models import CalcBatch
from jobs import AuditLog
from reports.models import Report
from reports.payloads import GenerateReport
from reports.services.generate import generate_report
from reports.services.request import request_report

LIST = "admin:reports_report_changelist"


@pytest.fixture
def operator(admin_client: Client, settings: Any) -> Client:
    """Hand out a signed-in operator, on pages served by plain http."""
    settings.SECURE_SSL_REDIRECT = False
    return admin_client


def form_facts(batch: CalcBatch) -> dict[str, str]:
    return {"tenant_id": batch.tenant_id, "batch_id": batch.pk, "report_type": "price-math", "format": "csv"}


def make(batch: CalcBatch, **changes: str) -> Report:
    return generate_report(payload=GenerateReport.read({**form_facts(batch), "format": "pdf", **changes}))


def download_url(report: Report) -> str:
    return reverse("admin:reports_report_download", args=[report.pk])


def test_the_page_of_a_report_offers_its_file(operator: Client, priced: CalcBatch) -> None:
    report = make(priced)

    page = operator.get(reverse("admin:reports_report_change", args=[report.pk])).content.decode()
    answer = operator.get(download_url(report))

    assert report.sha256 in page
    assert download_url(report) in page
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="price-math-{priced.pk}.pdf"'


def test_a_report_is_asked_for_in_the_admin_and_its_page_waits_for_it(operator: Client, priced: CalcBatch) -> None:
    url = reverse("admin:reports_report_make")
    form = {"batch": priced.pk, "report_type": "price-math", "format": "csv"}

    offered = operator.get(f"{url}?batch={priced.pk}").content.decode()
    asked = operator.post(url, form, follow=True).content.decode()
    again = operator.post(url, form, follow=True).content.decode()
    refused = operator.post(url, {**form, "item_id": "nobody"}).content.decode()

    report = Report.objects.get()
    live = reverse("admin:reports_report_live", args=[report.pk])
    waiting = operator.get(live)
    generate_report(payload=GenerateReport.read({**form_facts(priced), "report_id": report.pk}))
    made = operator.get(live)
    assert f'value="{priced.pk}"' in offered
    assert live in asked
    assert "shows the batch as it is now" in again
    assert "has no result for item nobody" in refused
    assert "HX-Refresh" not in waiting.headers
    assert made.headers["HX-Refresh"] == "true"
    assert live not in operator.get(reverse("admin:reports_report_change", args=[report.pk])).content.decode()


def test_the_list_asks_the_database_equally_often_however_long_it_is(operator: Client, priced: CalcBatch) -> None:
    make(priced)
    with CaptureQueriesContext(connection) as short:
        assert operator.get(reverse(LIST)).status_code == 200
    for kind in ({"format": "csv"}, {"report_type": "audit"}, {"item_id": "i1"}, {"item_id": "i2"}):
        make(priced, **kind)

    with CaptureQueriesContext(connection) as captured:
        page = operator.get(reverse(LIST)).content.decode()

    assert len(captured) == len(short)
    assert not any('"reports_report"."content"' in query["sql"] for query in captured)
    assert page.count(f"{priced.pk}.pdf") >= 4


def test_a_report_that_is_not_made_yet_says_so(operator: Client, priced: CalcBatch) -> None:
    report = request_report(
        tenant_id="t1", batch_id=priced.pk, report_type="audit", format="csv", user_id="jane"
    ).report

    page = operator.get(download_url(report), follow=True).content.decode()

    assert f"Report {report.pk} must be COMPLETED (is QUEUED)" in page


def test_only_those_who_may_view_reports_get_files(client: Client, settings: Any, priced: CalcBatch) -> None:
    settings.SECURE_SSL_REDIRECT = False
    report = make(priced)
    clerk = User.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)

    assert client.get(download_url(report)).status_code == 403
    assert client.get(reverse(LIST)).status_code == 403

    clerk.user_permissions.add(Permission.objects.get(codename="view_report"))
    assert client.get(download_url(report)).status_code == 200
    assert client.post(reverse("admin:reports_report_delete", args=[report.pk])).status_code == 403


def test_the_audit_log_can_be_read_and_not_written(operator: Client, priced: CalcBatch) -> None:
    path = reverse("admin:jobs_auditlog_changelist")
    with CaptureQueriesContext(connection) as short:
        assert "CALCULATE" in operator.get(path).content.decode()
    make(priced)
    make(priced, format="csv")

    with CaptureQueriesContext(connection) as captured:
        page = operator.get(path, {"q": priced.correlation_id}).content.decode()

    assert len(captured) == len(short)
    assert page.count("EXPORT") >= 2
    entry = AuditLog.objects.latest("created_at")
    assert operator.get(reverse("admin:jobs_auditlog_change", args=[entry.pk])).status_code == 200
    assert operator.get(reverse("admin:jobs_auditlog_add")).status_code == 403
    assert operator.post(reverse("admin:jobs_auditlog_delete", args=[entry.pk])).status_code == 403
