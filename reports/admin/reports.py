"""Reports in the admin: how far they are, and their files."""

from __future__ import annotations

from io import BytesIO

from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action

from jobs import ReadOnlyAdmin
from reports.admin.making import MakingPages, is_coming
from reports.errors import ReportRefused
from reports.models import Report
from reports.services.download import download_report


@admin.register(Report)
class ReportAdmin(MakingPages, ReadOnlyAdmin):
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
        "state",
        "error",
        ("filename", "size_bytes"),
        "sha256",
        "generated_at",
        ("requested_by", "tenant"),
        "job_id",
    )
    readonly_fields = ("state",)
    actions_list = ("make_link",)
    actions_detail = ("download",)
    actions_row = ("download",)

    @admin.display(description="status")
    def state(self, report: Report) -> SafeString:
        """Return the status; as long as the report is coming, the page waits for it."""
        if not is_coming(report):
            return SafeString(report.get_status_display())
        url = reverse("admin:reports_report_live", args=[report.pk])
        return format_html('<span hx-get="{}" hx-trigger="every 2s">{}</span>', url, report.get_status_display())

    @action(description="Make a report", permissions=["make"])  # type: ignore[untyped-decorator]
    def make_link(self, request: HttpRequest) -> HttpResponseRedirect:
        """Lead to the page that asks for a report."""
        return HttpResponseRedirect(reverse("admin:reports_report_make"))

    def has_make_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this person may ask for reports."""
        return request.user.has_perm("reports.add_report")

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
