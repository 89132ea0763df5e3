"""What orchestrator and Prometheus ask a web process: is it alive, is it ready, what has it counted.

They have no login, know no host name and follow no redirect to https.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from hmac import compare_digest
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from jobs.conf import jobs_settings
from jobs.exposition.state import State
from jobs.exposition.text import CONTENT_TYPE, exposition
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


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus: what the web has counted, and how the installation stands; of all tenants together."""
    token = jobs_settings().metrics_token
    given = request.headers.get("authorization", "")
    if not (settings.DEBUG and not token) and not (
        token and compare_digest(given.encode(), f"Bearer {token}".encode())
    ):
        return HttpResponse("The bearer token of METRICS_TOKEN is needed.\n", status=401, content_type="text/plain")
    return HttpResponse(exposition(State()), content_type=CONTENT_TYPE)


PATHS: Final[dict[str, Answer]] = {"/livez": livez, "/readyz": readyz, "/metrics": metrics}


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
