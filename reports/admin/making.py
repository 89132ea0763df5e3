"""The page on which a person asks for a report, and the wait for it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from calculations.errors import CalculationRefused
from calculations.models import CalcBatch
from reports.kinds import ReportFormat, ReportType
from reports.models import Report, ReportStatus
from reports.services.request import request_report

PAGE = "admin:reports_report_change"


class ReportForm(forms.Form):
    """A batch and what to tell of it."""

    batch = forms.ModelChoiceField(
        queryset=CalcBatch.objects.only("pk", "tenant"),
        widget=UnfoldAdminTextInputWidget,
        error_messages={"invalid_choice": "No batch has this id."},
    )
    report_type = forms.ChoiceField(
        choices=[(kind.value, kind.value) for kind in ReportType], widget=UnfoldAdminSelectWidget
    )
    format = forms.ChoiceField(
        choices=[(kind.value, kind.value.upper()) for kind in ReportFormat], widget=UnfoldAdminSelectWidget
    )
    detailed = forms.BooleanField(
        required=False, widget=UnfoldBooleanSwitchWidget, help_text="CSV only: a row for each step."
    )
    item_id = forms.CharField(
        label="Item id", required=False, widget=UnfoldAdminTextInputWidget, help_text="Empty for all items."
    )


class MakingPages:
    """Asks for reports and waits for them."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages; each asks who may see it."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path("make/", site.admin_view(self.make), name="reports_report_make"),
            path("<path:report_id>/live/", site.admin_view(self.live), name="reports_report_live"),
            *urls,
        ]

    def make(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for a report; `?batch=` names the batch."""
        if not request.user.has_perm("reports.add_report"):
            raise PermissionDenied
        form = ReportForm(request.POST or None, initial={"batch": request.GET.get("batch")})
        if request.method == "POST" and form.is_valid() and (report := _request(request, form)):
            return HttpResponseRedirect(reverse(PAGE, args=[report.pk]))
        site: Any = self.admin_site  # type: ignore[attr-defined]
        context = {"title": "Make a report", "button": "Make"}
        return render(request, "ingestion/form_page.html", {**site.each_context(request), **context, "form": form})

    def live(self, request: HttpRequest, report_id: str) -> HttpResponse:
        """Have the page asked for again once the report is made."""
        pages: Any = self
        report: Report | None = pages.get_object(request, report_id)
        if report is None:
            raise Http404
        if not pages.has_view_permission(request, report):
            raise PermissionDenied
        headers = {} if is_coming(report) else {"HX-Refresh": "true"}
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=headers)


def is_coming(report: Report) -> bool:
    """Whether the report is neither made nor given up."""
    return report.status in (ReportStatus.QUEUED, ReportStatus.RUNNING)


def _request(request: HttpRequest, form: ReportForm) -> Report | None:
    """Ask for the report; None, and the form says why, if the service refuses."""
    said = form.cleaned_data
    try:
        requested = request_report(
            tenant_id=said["batch"].tenant_id,
            batch_id=said["batch"].pk,
            report_type=said["report_type"],
            format=said["format"],
            detailed=said["detailed"],
            item_id=said["item_id"] or None,
            user_id=str(request.user.pk),
        )
    except CalculationRefused as error:
        form.add_error(None, error.message)
        return None
    if not requested.created:
        messages.info(request, "This report shows the batch as it is now.")
    return requested.report
