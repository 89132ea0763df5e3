"""The page on which a person looks at a CSV file and loads it, and the wait for the load."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse

from ingestion.admin.upload_form import UploadForm
from ingestion.conf import ingestion_settings
from ingestion.faults import CsvTooLarge, FileFault
from ingestion.models import IngestionRun
from ingestion.numbers import dec
from ingestion.progress_bar import draw_progress
from ingestion.services.expected_rows import expected_rows
from ingestion.services.preview import Preview, preview_csv
from ingestion.services.upload import upload_csv

PAGE = "admin:ingestion_ingestionrun_change"


class UploadPages:
    """Looks at files, loads them, and shows how loads come along."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages; each asks who may see it."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path("upload/", site.admin_view(self.upload), name="ingestion_ingestionrun_upload"),
            path("preview/", site.admin_view(self.preview), name="ingestion_ingestionrun_preview"),
            path("<path:run_id>/live/", site.admin_view(self.live), name="ingestion_ingestionrun_live"),
            *urls,
        ]

    def upload(self, request: HttpRequest) -> HttpResponseBase:
        """Load a file."""
        _check_may_upload(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and (run := _upload(request, form)):
            return HttpResponseRedirect(reverse(PAGE, args=[run.pk]))
        site: Any = self.admin_site  # type: ignore[attr-defined]
        context = {**site.each_context(request), "title": "Upload a CSV file", "button": "Load", "form": form}
        return render(request, "ingestion/upload.html", context)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Answer with what is in the chosen file; the browser keeps the file for the load."""
        _check_may_upload(request)
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return render(request, "ingestion/preview.html", {"problems": form.errors})
        said = form.cleaned_data
        try:
            found = preview_csv(
                tenant_id=said["tenant"].pk,
                content=_read(form),
                filters=form.filters,
                create_missing_series=said["create_missing_series"],
            )
        except FileFault as fault:
            return render(request, "ingestion/preview.html", {"fault": fault})
        return render(request, "ingestion/preview.html", {"preview": found, "tables": _tables(found)})

    def live(self, request: HttpRequest, run_id: str) -> HttpResponse:
        """Answer with how far a load is; once it has ended, the page is asked for as a whole."""
        pages: Any = self
        run: IngestionRun | None = pages.get_object(request, run_id)
        if run is None:
            raise Http404
        if not pages.has_view_permission(request, run):
            raise PermissionDenied
        if run.is_finished:
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Refresh": "true"})
        return HttpResponse(render_progress(run))


def render_progress(run: IngestionRun) -> str:
    """Return the bar with its words, which asks again as long as the load has not ended; one query."""
    good = run.record_count + run.filtered_count
    total = run.row_count if run.is_finished else max(expected_rows(run), run.row_count)
    bar = draw_progress(total=total, succeeded=good, failed=run.error_count, noun="rows")
    return render_to_string("ingestion/run_progress.html", {"run": run, "bar": bar, "total": total})


def _check_may_upload(request: HttpRequest) -> None:
    if not request.user.has_perm("ingestion.add_ingestionrun"):
        raise PermissionDenied


def _read(form: UploadForm) -> bytes:
    """Return the file's bytes; raises CsvTooLarge before they are all read."""
    limit = ingestion_settings().max_csv_bytes
    file = form.cleaned_data["file"]
    if file.size > limit:
        raise CsvTooLarge(limit=limit)
    content: bytes = file.read()
    return content


def _upload(request: HttpRequest, form: UploadForm) -> IngestionRun | None:
    """Keep the file and enqueue its load; None, and the form says why, if it cannot be read."""
    said = form.cleaned_data
    try:
        run = upload_csv(
            tenant_id=said["tenant"].pk,
            content=_read(form),
            series_codes=said["series_codes"],
            start_date=said["start_date"],
            end_date=said["end_date"],
            force=said["force"],
            create_missing_series=said["create_missing_series"],
            requested_by=str(request.user.pk),
        )
    except FileFault as fault:
        form.add_error("file", f"{fault.code}: {fault}")
        return None
    messages.success(request, "The file is being loaded.")
    return run


def _tables(found: Preview) -> dict[str, dict[str, Any]]:
    """Return the rows of the preview as tables."""
    return {
        "bad": {
            "headers": ["line", "code", "message"],
            "rows": [[fault.line, fault.code, fault.message] for fault in found.bad],
        },
        "series": {
            "headers": ["series", "rows", "from", "to", "least", "most"],
            "rows": [
                [
                    f"{one.code} (new)" if one.is_new else one.code,
                    one.rows,
                    one.first,
                    one.last,
                    dec(one.least),
                    dec(one.most),
                ]
                for one in found.extents.values()
            ],
        },
        "good": {
            "headers": ["line", "series", "day", "value", "version"],
            "rows": [
                [row.line, row.series_code, row.as_of_date, dec(row.value), row.version_tag] for row in found.good
            ],
        },
    }
