"""Counts requests for Prometheus, by route: as many series as there are routes, whatever callers ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from jobs.counters import COUNTERS

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class CountRequests:
    """Middleware: how many answers of which status, and how long they took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, and count its answer; what no route takes counts as one."""
        begun = time.perf_counter()
        response = self.get_response(request)
        ms = (time.perf_counter() - begun) * 1000
        view = request.resolver_match.route if request.resolver_match else "none"
        method = request.method if request.method in METHODS else "other"
        COUNTERS.count("http_requests", view=view, method=str(method), status=str(response.status_code))
        COUNTERS.span("http_request_seconds", ms, view=view)
        return response
