"""What an orchestrator asks a web process: is it alive, is it ready. No login, no host name, no redirect to https."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from jobs.services.readiness import readiness

logger = logging.getLogger("jobs.health")

Answer = Callable[[HttpRequest], HttpResponseBase]


def livez(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # what it answers depends on nothing
    """Answer that this process serves requests; asks nobody, so that a dead database restarts no web process."""
    return JsonResponse({"alive": True})


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 if all is well, 503 if not, and by name what; `?exclude=redis` leaves one out. Causes are logged."""
    found = readiness(exclude=request.GET.getlist("exclude"))
    for name, finding in found.items():
        if not finding.ok:
            logger.warning("Not ready: %s: %s", name, finding.said)
    ready = all(finding.ok for finding in found.values())
    checks = {name: "ok" if finding.ok else "failed" for name, finding in found.items()}
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


PATHS: Final[dict[str, Answer]] = {"/livez": livez, "/readyz": readyz}


class Probes:
    """Middleware, the first: probes come by plain http to an address that is in no ALLOWED_HOSTS."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe, pass on everything else."""
        answer = PATHS.get(request.path_info)
        if answer is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        response = answer(request)
        response.headers["Cache-Control"] = "no-store"
        return response
