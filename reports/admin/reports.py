"""Reports in the admin: how far they are, and their files."""

from __future__ import annotations

from io import BytesIO

from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from unfold.decorators import action

from jobs import ReadOnlyAdmin
from reports.errors import ReportRefused
from reports.models import Report
from reports.services.download import download_report


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Files about batches, the latest first."""

    ordering = ("-created_at", "-pk")
    list_display = ("__str__", "report_type", "format", "status", "size_bytes", "requested_by", "tenant", "created_at")
    list_filter = ("status", "report_type", "format")
    list_select_related = ("tenant",)
    search_fields = ("id__exact", "batch__id__exact", "job_id__exact", "sha256__exact")
    fields = (
        ("report_type", "format"),
        "batch",
        ("detailed", "item_id"),
        "status",
        "error",
        ("filename", "size_bytes"),
        "sha256",
        "generated_at",
        ("requested_by", "tenant"),
        "job_id",
    )
    actions_detail = ("download",)
    actions_row = ("download",)

    @action(description="Download", url_path="download", permissions=["view"])  # type: ignore[untyped-decorator]
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hand out the file, or say why there is none yet."""
        report = get_object_or_404(Report, pk=object_id)
        try:
            file = download_report(tenant_id=report.tenant_id, report_id=report.pk)
        except ReportRefused as error:
            messages.warning(request, error.message)
            return redirect(reverse("admin:reports_report_change", args=[object_id]))
        return FileResponse(
            BytesIO(file.content), as_attachment=True, filename=file.filename, content_type=file.content_type
        )
