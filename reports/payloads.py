"""What the report jobs carry."""

from __future__ import annotations

from jobs import Payload
from reports.kinds import ReportFormat, ReportType


class GenerateReport(Payload):
    """Make the file of a report; without `report_id` the job makes the report's row, too."""

    tenant_id: str
    report_type: ReportType
    batch_id: str
    format: ReportFormat
    user_id: str = "system"
    detailed: bool = False
    item_id: str | None = None
    report_id: str | None = None

    def default_job_id(self) -> str:
        """Name the job after what is reported: asked for again, it is the same job."""
        parts = ["report", self.tenant_id, self.batch_id, self.format]
        if self.report_type == ReportType.AUDIT:
            parts.append("audit")
        if self.detailed:
            parts.append("detailed")
        if self.item_id:
            parts.append(self.item_id)
        return "-".join(parts)
