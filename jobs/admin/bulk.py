"""One thing done to all jobs that match: looked at first, then started, with a reason and at a pace."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from jobs.admin.filters import wanted_jobs
from jobs.admin.pages import number, page
from jobs.errors import InvalidFilter, InvalidOption, NotPermitted
from jobs.filter_language import write
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.operation_step import ELIGIBLE
from jobs.services.operations import preview, start
from jobs.services.permissions import may

ACTIONS: Final = {
    "retry": ("Retry", Deed.RETRY),
    "cancel": ("Cancel", Deed.CANCEL),
    "promote": ("Run now", Deed.EDIT),
    "priority": ("Change priority", Deed.EDIT),
    "delete": ("Delete", Deed.PURGE),
}
TYPED: Final = 1_000
"""More jobs than these, or a deletion, are confirmed by typing their number."""
SHOWN: Final = 12
"""Actors and tenants that a dry run names: those with the most jobs."""


def bulk(request: HttpRequest) -> HttpResponse:
    """Show the dry run of an action; start it."""
    allowed = {name: words for name, (words, deed) in ACTIONS.items() if may(request.user, deed)}
    if not allowed or not request.user.has_perm("jobs.view_job"):
        raise PermissionDenied
    action = request.GET.get("action") or request.POST.get("action") or next(iter(allowed))
    if action not in allowed:
        raise PermissionDenied
    try:
        wanted = wanted_jobs(request.GET)
        text = write(wanted)
        counts = preview(action=action, wanted=wanted)
        if request.method == "POST" and _confirmed(request, action, counts["eligible"]):
            return _start(request, action)
    except (InvalidFilter, InvalidOption) as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:jobs_job_changelist"))
    except NotPermitted as error:
        raise PermissionDenied from error
    kept = request.GET.copy()
    kept.pop("action", None)
    return page(
        request,
        "jobs/bulk.html",
        title="Act on all that match",
        text=text,
        action=action,
        actions=allowed,
        counts=counts,
        parts=[(name, _most(counts[name])) for name in ("state", "actor", "tenant")],
        moves=", ".join(ELIGIBLE[action]),
        must_type=_must_type(action, counts["eligible"]),
        kept=[(name, value) for name, values in kept.lists() for value in values],
        back=f"{reverse('admin:jobs_job_changelist')}?{kept.urlencode()}",
    )


def _start(request: HttpRequest, action: str) -> HttpResponse:
    per_second = number(request.POST, "per_second", least=1, most=100_000)
    priority = number(request.POST, "priority", least=0, most=1_000)
    stop_above = number(request.POST, "stop_above", least=0, most=100)
    operation = start(
        action=action,
        wanted=wanted_jobs(request.GET),
        arguments={"priority": int(priority or 0)} if action == "priority" else None,
        per_second=int(per_second) if per_second else None,
        stop_above=stop_above / 100 if action == "retry" and stop_above is not None else None,
        by=Operator.of_request(request),
        reason=request.POST.get("reason", "").strip()[:500],
    )
    messages.success(request, f"Started: {operation}.")
    return HttpResponseRedirect(reverse("admin:jobs_operation_change", args=[operation.pk]))


def _must_type(action: str, eligible: int) -> str:
    """Return what has to be typed before so much is done, empty if nothing."""
    return str(eligible) if eligible and (action == "delete" or eligible > TYPED) else ""


def _confirmed(request: HttpRequest, action: str, eligible: int) -> bool:
    typed = request.POST.get("typed", "").replace(",", "").strip()
    if typed == _must_type(action, eligible):
        return True
    messages.error(request, f"Nothing was started: type {eligible} to confirm that so many jobs are meant.")
    return False


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    ordered: list[tuple[str, Any]] = sorted(counts.items(), key=lambda item: -item[1])
    rest = sum(jobs for _, jobs in ordered[SHOWN:])
    return ordered[:SHOWN] + ([("all others", rest)] if rest else [])
