"""The middleware that remembers where requests come from, so that services need not pass it on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from jobs.origin import coming_from


class RememberOrigin:
    """Lets audit entries tell the address and the program behind a request, also those of domain services."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with coming_from(request):
            return self.get_response(request)
