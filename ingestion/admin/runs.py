"""Loads in the admin: what came in, what became of it, and what was wrong."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action

from ingestion.admin.uploads import UploadPages, render_progress
from ingestion.models import IngestionRun
from ingestion.services.export_errors import COLUMNS, export_errors
from jobs import ReadOnlyAdmin

SHOWN = 100
"""Errors on the page; the download has all that are kept."""
_COUNTS = ("row_count", "fetched_count", "filtered_count", "upserted_count", "skipped_count", "error_count")


@admin.register(IngestionRun)
class IngestionRunAdmin(UploadPages, ReadOnlyAdmin):
    """Loads, the latest first."""

    list_display = ("id", "source", "status", *_COUNTS, "tenant", "created_at", "completed_at")
    list_filter = (("tenant", RelatedDropdownFilter), "status", "source")
    list_select_related = ("tenant",)
    search_fields = ("id__exact", "requested_by__exact", "series_code__exact")
    ordering = ("-created_at", "-pk")
    readonly_fields = ("progress", "error_table")
    actions_list = ("upload_link",)
    fieldsets = (
        (None, {"fields": ("id", "tenant", "source", "provider", "status", "progress", "requested_by")}),
        (
            "Input",
            {"fields": ("series_code", "as_of_date", "version_tag", "filters", "force", "create_missing_series")},
        ),
        ("Counts", {"fields": _COUNTS}),
        ("Times", {"fields": ("created_at", "started_at", "completed_at")}),
        ("Errors", {"fields": ("error_table",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[IngestionRun]:
        """Leave the errors and points of a list in the database."""
        runs: QuerySet[IngestionRun] = super().get_queryset(request)
        return runs.select_related("tenant").defer("errors", "points", "stored")

    def get_urls(self) -> list[URLPattern]:
        """Add the download."""
        download = self.admin_site.admin_view(self.download_errors)
        url = path("<path:run_id>/errors.csv", download, name="ingestion_ingestionrun_errors")
        return [url, *super().get_urls()]

    @action(description="Upload a CSV file", permissions=["upload"])  # type: ignore[untyped-decorator]
    def upload_link(self, request: HttpRequest) -> HttpResponseRedirect:
        """Lead to the page that loads a file."""
        return HttpResponseRedirect(reverse("admin:ingestion_ingestionrun_upload"))

    def has_upload_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this person may load files."""
        return request.user.has_perm("ingestion.add_ingestionrun")

    @admin.display(description="progress")
    def progress(self, run: IngestionRun) -> str:
        """Draw how many rows are stored, refused and left; again every second until the load has ended."""
        return render_progress(run)

    @admin.display(description="errors")
    def error_table(self, run: IngestionRun) -> str:
        """Show the first errors, in the order of their lines."""
        rows = [[error.get(column) for column in COLUMNS] for error in run.errors[:SHOWN]]
        table = {"headers": ["line", "code", "message", "series", "day"], "rows": rows}
        return render_to_string("ingestion/run_errors.html", {"run": run, "table": table, "shown": len(rows)})

    def download_errors(self, request: HttpRequest, run_id: str) -> HttpResponse:
        """Answer with the error list as a CSV file."""
        run = self.get_object(request, run_id)
        if run is None:
            raise Http404
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        headers = {"Content-Disposition": f'attachment; filename="errors-{run.pk}.csv"'}
        return HttpResponse(export_errors(run=run), content_type="text/csv; charset=utf-8", headers=headers)
