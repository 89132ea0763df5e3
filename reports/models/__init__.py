"""What the reports app stores."""

from reports.models.report import Report, ReportStatus

__all__ = ["Report", "ReportStatus"]
