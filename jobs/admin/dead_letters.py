"""Dead letters: what went wrong, and how it is brought back; the page for three in the morning."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from jobs.admin.pages import number, page
from jobs.conf import jobs_settings
from jobs.fingerprint import own_frames
from jobs.models import Attempt, Job
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.dead_letters import KEY, Group, groups, versions, wanted_group
from jobs.services.mend import STAGES, next_stage, retried, retry_stage, share
from jobs.services.permissions import may

NARROWED = ("queue", "actor", "tenant", "error_type")
TENANTS = 3
"""Tenants that a line names: the most concerned ones."""


def dead_letters(request: HttpRequest) -> HttpResponse:
    """List the groups."""
    if not request.user.has_perm("jobs.view_job"):  # groups are counted over all tenants
        raise PermissionDenied
    narrowed = {name: request.GET[name] for name in NARROWED if request.GET.get(name)}
    found = groups(now=timezone.now(), **narrowed)
    return page(
        request,
        "jobs/dead_letters.html",
        title="Dead letters",
        groups=[_line(group) for group in found],
        total=sum(group.count for group in found),
        narrowed=narrowed,
        kept_days=jobs_settings().keep_failed_days,
    )


def dead_letter_group(request: HttpRequest) -> HttpResponse:
    """Show a group; start a stage of its retry."""
    if not request.user.has_perm("jobs.view_job"):  # groups are counted over all tenants
        raise PermissionDenied
    key = {name: request.GET.get(name, "") for name in KEY}
    group = next(iter(groups(now=timezone.now(), **key)), None)
    if request.method == "POST" and group:
        return _retry(request, group)
    done = retried(wanted_group(key))
    stage, advice = next_stage(done[0] if done else None)
    return page(
        request,
        "jobs/dead_letter_group.html",
        title=f"Dead letters: {key['error_type'] or 'failed'} in {key['actor']}",
        group=group,
        versions=versions(group) if group else [],
        frames=_frames(group) if group else [],
        jobs_link=f"{reverse('admin:jobs_job_changelist')}?{urlencode({'state': 'failed', **_list_filter(key)})}",
        may_retry=may(request.user, Deed.RETRY),
        stages=_stages(group, stage) if group else [],
        advice=advice,
        retried=[
            {
                "operation": row.operation,
                "states": row.states,
                "verdict": row.verdict,
                "dealt": row.operation.done + row.operation.skipped,
            }
            for row in done
        ],
        moving=any(row.verdict == "running" for row in done),
        here=f"?{urlencode(key)}",
    )


def _retry(request: HttpRequest, group: Group) -> HttpResponse:
    _check(request, Deed.RETRY)
    per_second = number(request.POST, "per_second", least=1, most=100_000)
    stop_above = number(request.POST, "stop_above", least=0, most=100)
    stage = request.POST.get("stage", "")
    if stage not in STAGES:
        messages.error(request, "Choose a stage.")
        return HttpResponseRedirect(request.get_full_path())
    operation = retry_stage(
        group,
        stage=stage,
        per_second=int(per_second) if per_second else None,
        stop_above=None if stop_above is None else stop_above / 100,
        by=Operator.of_request(request),
        reason=request.POST.get("reason", "").strip()[:500],
    )
    messages.success(request, f"Bringing {operation.total} of {group.count} back.")
    return HttpResponseRedirect(request.get_full_path())


def _check(request: HttpRequest, deed: Deed) -> None:
    if not may(request.user, deed):
        raise PermissionDenied


def _line(group: Group) -> dict[str, Any]:
    return {
        "group": group,
        "address": urlencode({name: getattr(group, name) for name in KEY}),
        "tenants": list(group.tenants.items())[:TENANTS],
        "more": max(0, len(group.tenants) - TENANTS),
    }


def _stages(group: Group, following: str) -> list[dict[str, Any]]:
    words = {"canary": "Retry one as a canary", "tenth": "Retry 10 %", "all": "Retry all"}
    counts = {stage: share(group, stage) for stage in STAGES}
    return [
        {
            "name": stage,
            "words": words[stage] if stage == "canary" else f"{words[stage]} ({counts[stage]:,})",
            "next": stage == following,
        }
        for stage in STAGES
    ]


def _frames(group: Group) -> list[str]:
    job = get_object_or_404(Job, pk=group.sample)
    last = Attempt.objects.filter(job=job).order_by("-generation").values_list("traceback", flat=True).first()
    return own_frames(last or "")


def _list_filter(key: dict[str, str]) -> dict[str, str]:
    return {"queue": key["queue"], "actor": key["actor"]}
