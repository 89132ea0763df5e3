"""Where the request comes from that this thread answers, for whoever writes the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The peer's address, as the server sees it, and the program that it says it is; neither outside of requests."""

    ip_address: str | None = None
    user_agent: str | None = None


_NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def origin() -> Origin:
    """Return where the request comes from that is being answered."""
    return _current.get()


@contextmanager
def coming_from(request: HttpRequest) -> Iterator[None]:
    """Remember a request's origin while it is answered."""
    came = Origin(ip_address=request.META.get("REMOTE_ADDR") or None, user_agent=request.META.get("HTTP_USER_AGENT"))
    token = _current.set(came)
    try:
        yield
    finally:
        _current.reset(token)
