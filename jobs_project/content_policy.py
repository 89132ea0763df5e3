"""Tells browsers what our pages may load and do: only what comes from here, and no script written into a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

POLICY: Final = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-eval'; "  # unfold's Alpine reads its attributes as code; inline scripts stay shut out
    "style-src 'self' 'unsafe-inline'; "  # unfold writes its colours into the page
    "img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def content_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Add the policy to every answer that has none of its own."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return answer
