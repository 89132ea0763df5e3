"""What requests for reports, and reports, look like in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jobs import timestamp
from reports.kinds import ReportFormat, ReportType
from reports.models import Report


class RequestReportShape(serializers.Serializer[Any]):
    """Which report is wanted."""

    reportType = serializers.ChoiceField(source="report_type", choices=ReportType.choices)  # noqa: N815  # JSON is camelCase
    batchId = serializers.CharField(source="batch_id", max_length=64)  # noqa: N815
    format = serializers.ChoiceField(choices=ReportFormat.choices)
    detailed = serializers.BooleanField(required=False)
    itemId = serializers.CharField(source="item_id", max_length=64, required=False, allow_null=True)  # noqa: N815


class RequestedShape(serializers.Serializer[Any]):
    """The report, and the job that makes it."""

    reportId = serializers.CharField()  # noqa: N815
    jobId = serializers.CharField()  # noqa: N815


class ReportShape(serializers.Serializer[Any]):
    """How far a report is; what is known of its file only once it is made is null before."""

    reportId = serializers.CharField()  # noqa: N815
    jobId = serializers.CharField()  # noqa: N815
    reportType = serializers.ChoiceField(choices=ReportType.choices)  # noqa: N815
    batchId = serializers.CharField()  # noqa: N815
    format = serializers.ChoiceField(choices=ReportFormat.choices)
    detailed = serializers.BooleanField()
    itemId = serializers.CharField(allow_null=True)  # noqa: N815
    status = serializers.CharField()
    contentType = serializers.CharField(allow_null=True)  # noqa: N815
    filename = serializers.CharField(allow_null=True)
    sizeBytes = serializers.IntegerField(allow_null=True)  # noqa: N815
    sha256 = serializers.CharField(allow_null=True)
    requestedBy = serializers.CharField()  # noqa: N815
    createdAt = serializers.DateTimeField()  # noqa: N815
    generatedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    error = serializers.CharField(allow_null=True)


def tell_report(report: Report) -> dict[str, Any]:
    """Return a report as HTTP answers it."""
    return {
        "reportId": report.pk,
        "jobId": report.job_id,
        "reportType": report.report_type,
        "batchId": report.batch_id,
        "format": report.format,
        "detailed": report.detailed,
        "itemId": report.item_id,
        "status": report.status,
        "contentType": report.content_type or None,
        "filename": report.filename or None,
        "sizeBytes": report.size_bytes,
        "sha256": report.sha256 or None,
        "requestedBy": report.requested_by,
        "createdAt": timestamp(report.created_at),
        "generatedAt": timestamp(report.generated_at) if report.generated_at else None,
        "error": report.error or None,
    }
