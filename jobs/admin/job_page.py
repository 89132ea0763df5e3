"""The page of one job: where it stands and why, what happened, what may be done."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from jobs.admin.job_verbs import VERBS, NotUnderstood, offered
from jobs.admin.pages import page
from jobs.errors import JobsError, NotPermitted
from jobs.fingerprint import own_frames
from jobs.models import Attempt, Job, Process
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.explain import Reason, why_not_running
from jobs.services.permissions import may
from jobs.services.timeline import timeline
from jobs.states import FINISHED, MOVES, State

HIDDEN: Final = "Payload and result are shown to those who may view payloads."
LINES: Final = 500
"""Log lines on a page: the last ones."""
PLACES: Final = {
    State.BLOCKED: (8, 8),
    State.DELAYED: (8, 70),
    State.WAITING: (128, 39),
    State.ACTIVE: (248, 39),
    State.COMPLETED: (368, 8),
    State.FAILED: (368, 39),
    State.CANCELLED: (368, 70),
}
"""Where the diagram has each state."""


def job_page(request: HttpRequest, job: Job) -> HttpResponse:
    """Show a job."""
    attempts = list(job.attempt_log.all())
    verbs = offered(request, job)
    return page(
        request,
        "jobs/job.html",
        title=job.job_id,
        job=job,
        state=job.state,
        reasons=[_mendable(reason, verbs) for reason in why_not_running(job)],
        phases=timeline(job, attempts, now=timezone.now()),
        diagram=_diagram(job, attempts),
        attempts=[_shown(attempt) for attempt in _with_processes(attempts)][::-1],
        lines=list(job.log_lines.order_by("-pk")[:LINES])[::-1],
        verbs={name: verb for name, verb in verbs.items() if not verb.mends},
        can_edit="edit" in verbs and may(request.user, Deed.VIEW_PAYLOAD),
        can_prioritise="priority" in verbs,
        texts=_texts(job) if may(request.user, Deed.VIEW_PAYLOAD) else {"Payload": HIDDEN},
        act=reverse("admin:jobs_job_act", args=[job.pk]),
        moving=job.state not in FINISHED,
    )


def act(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Use a verb on a job, then show where it stands."""
    job = get_object_or_404(Job, pk=job_id)
    name = request.POST.get("verb", "")
    if request.method != "POST" or name not in VERBS or not may(request.user, VERBS[name].needs):
        raise PermissionDenied
    shown: object = job.pk
    try:
        moved = VERBS[name].act(job, request.POST, Operator.of_request(request), request.POST.get("reason", "")[:500])
    except NotPermitted as error:
        raise PermissionDenied from error
    except (JobsError, NotUnderstood) as error:
        messages.error(request, str(error))
    else:
        if moved:
            messages.success(request, VERBS[name].done)
        else:
            messages.warning(request, "Nothing was changed: the job has moved on since you looked.")
        shown = moved if name == "copy" else job.pk
    return HttpResponseRedirect(reverse("admin:jobs_job_change", args=[shown]))


def _mendable(reason: Reason, verbs: dict[str, Any]) -> dict[str, Any]:
    """Add the button that mends, or the page where it is mended."""
    pages = {
        "limits": ("Change the limits", "admin:jobs_queueconfig_change", [reason.subject]),
        "wake": ("See the workers", "admin:jobs_process_changelist", []),
    }
    where = pages.get(reason.mend)
    return {
        "reason": reason,
        "verb": verbs.get(reason.mend),
        "name": reason.mend,
        "link": {"words": where[0], "address": reverse(where[1], args=where[2])} if where else None,
    }


def _with_processes(attempts: list[Attempt]) -> list[tuple[Attempt, Process | None]]:
    known = Process.objects.in_bulk({attempt.worker for attempt in attempts if attempt.worker})
    return [(attempt, known.get(attempt.worker) if attempt.worker else None) for attempt in attempts]


def _shown(pair: tuple[Attempt, Process | None]) -> dict[str, Any]:
    attempt, process = pair
    return {
        "attempt": attempt,
        "process": process,
        "ran": attempt.ended_at - attempt.started_at if attempt.started_at else None,
        "frames": own_frames(attempt.traceback)[::-1],
    }


def _diagram(job: Job, attempts: list[Attempt]) -> list[dict[str, Any]]:
    """Return the states with their places: where the job is, where it may go next, where it has been."""
    been = {State.WAITING} | ({State.ACTIVE} if attempts or job.started_at else set())
    following = MOVES[State(job.state)]
    return [
        {
            "state": state,
            "x": x,
            "y": y,
            "tone": "here" if state == job.state else "been" if state in been else "next" if state in following else "",
        }
        for state, (x, y) in PLACES.items()
    ]


def _texts(job: Job) -> dict[str, str]:
    """Return the JSON values as people read them."""
    values = {"Payload": job.payload, "Result": job.result, "Progress": job.progress, "Options": job.options}
    shown = {name: value for name, value in values.items() if value not in (None, {}) or name == "Payload"}
    return {name: json.dumps(value, indent=2, ensure_ascii=False) for name, value in shown.items()}
