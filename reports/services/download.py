"""Hands out the files of reports."""

from __future__ import annotations

from dataclasses import dataclass

from reports.errors import ReportNotReady
from reports.models import ReportStatus
from reports.services.find import find_report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """A file with what a browser must know of it."""

    filename: str
    content_type: str
    content: bytes
    sha256: str


def download_report(*, tenant_id: str, report_id: str) -> ReportFile:
    """Return the file of a completed report; raises `ReportNotFound` and `ReportNotReady`."""
    report = find_report(tenant_id=tenant_id, report_id=report_id)
    if report.status != ReportStatus.COMPLETED or report.content is None:
        raise ReportNotReady(report_id, report.status)
    return ReportFile(
        filename=report.filename,
        content_type=report.content_type,
        content=bytes(report.content),  # PostgreSQL's driver hands out a memoryview
        sha256=report.sha256,
    )
