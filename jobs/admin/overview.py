"""The front page: how all queues do, what is wrong, who works; it stays up to date while it is looked at."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from jobs.services.queues import queue_names
from jobs.services.snapshot import RANGES, series, snapshot


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the overview to the admin's front page, for those who may see all jobs (`UNFOLD["DASHBOARD_CALLBACK"]`)."""
    if request.user.has_perm("jobs.view_job"):
        context |= {"title": "Overview", "snapshot": snapshot(), "ranges": list(RANGES), "queues": queue_names()}
    return context


def live(request: HttpRequest) -> HttpResponse:
    """Return the part of the front page that changes."""
    _check(request)
    return TemplateResponse(request, "jobs/parts/overview.html", {"snapshot": snapshot()})


def chart(request: HttpRequest) -> HttpResponse:
    """Return the points of a chart."""
    _check(request)
    window = request.GET.get("range", "1h")
    return JsonResponse(series(window if window in RANGES else "1h", now=timezone.now()))


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("jobs.view_job"):  # the counts are those of all tenants
        raise PermissionDenied
