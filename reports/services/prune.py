"""Deletes reports that have been kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from reports.conf import report_settings
from reports.models import Report, ReportStatus

STEP = 200
SETTLED = (ReportStatus.COMPLETED, ReportStatus.FAILED)


def prune_reports(*, at: datetime, **_: object) -> int:
    """Delete the oldest finished reports older than `KEEP_DAYS` with their files, and return how many; none without it.

    At most 200 a call. What the audit log says of them, their SHA-256 included, stays. Hears the caretaker's rounds.
    """
    keep_days = report_settings().keep_days
    if keep_days is None:
        return 0
    old = Report.objects.filter(status__in=SETTLED, updated_at__lt=at - timedelta(days=keep_days))
    ids = list(old.order_by("updated_at").values_list("pk", flat=True)[:STEP])
    return Report.objects.filter(pk__in=ids).delete()[0] if ids else 0
