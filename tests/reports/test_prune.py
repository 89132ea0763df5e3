"""How long reports are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from calculations.models import CalcBatch
from jobs.caretaker.retention import Retention
from reports.models import Report, ReportStatus
from reports.services.request import request_report


def old_report(batch: CalcBatch, *, status: str) -> None:
    asked = request_report(
        tenant_id=batch.tenant_id, report_type="price-math", batch_id=batch.pk, format="csv", user_id="jane"
    )
    old = timezone.now() - timedelta(days=31)
    Report.objects.filter(pk=asked.report.pk).update(status=status, content=b"x", updated_at=old)


def test_reports_are_kept_for_good_by_default(priced: CalcBatch) -> None:
    old_report(priced, status=ReportStatus.COMPLETED)

    Retention()(connection)

    assert Report.objects.count() == 1


def test_the_caretaker_deletes_what_the_setting_lets_go(priced: CalcBatch, settings: Any) -> None:
    settings.REPORTS = {"KEEP_DAYS": 30}
    old_report(priced, status=ReportStatus.COMPLETED)

    Retention()(connection)

    assert not Report.objects.exists()


def test_a_report_that_waits_to_be_made_stays(priced: CalcBatch, settings: Any) -> None:
    settings.REPORTS = {"KEEP_DAYS": 30}
    old_report(priced, status=ReportStatus.QUEUED)

    Retention()(connection)

    assert Report.objects.count() == 1
