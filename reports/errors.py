"""What the report services refuse, each with the code that programs read."""

from __future__ import annotations


class ReportRefused(Exception):
    """Raised when a service does not do what was asked; nothing has changed then."""

    code = "REFUSED"

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class ReportNotFound(ReportRefused):
    """Raised when no report has the id."""

    code = "REPORT_NOT_FOUND"

    def __init__(self, report_id: str) -> None:
        super().__init__(f"Report not found: {report_id}")


class ReportMismatch(ReportRefused):
    """Raised when a job names a report of another tenant; the outside is told that it does not exist."""

    code = "TENANT_MISMATCH"

    def __init__(self, report_id: str) -> None:
        super().__init__(f"Report {report_id} belongs to another tenant")


class ReportNotReady(ReportRefused):
    """Raised when the file of a report is wanted that has not been generated."""

    code = "REPORT_NOT_READY"

    def __init__(self, report_id: str, status: str) -> None:
        super().__init__(f"Report {report_id} must be COMPLETED (is {status})")


class BatchKeepsChanging(Exception):
    """Raised when prices or approvals of a batch changed each time its report was drawn; another try may do."""

    def __init__(self, batch_id: str, tries: int) -> None:
        super().__init__(f"Batch {batch_id} changed during each of {tries} tries to report it")
