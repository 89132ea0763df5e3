"""Says what went wrong with a request as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from jobs.errors import (
    FlowNotFound,
    InvalidFilter,
    InvalidJobId,
    InvalidOption,
    InvalidPayload,
    JobLost,
    JobNotFound,
    NoActor,
    NotPermitted,
    OperationOver,
    PayloadTooLarge,
    StaleJob,
    UnknownQueue,
    UnknownSchedule,
)

MEDIA_TYPE: Final = "application/problem+json"

FOR_JOBS: Final[Mapping[type[Exception], tuple[HTTPStatus, str]]] = {
    JobNotFound: (HTTPStatus.NOT_FOUND, "JOB_NOT_FOUND"),
    FlowNotFound: (HTTPStatus.NOT_FOUND, "FLOW_NOT_FOUND"),
    UnknownQueue: (HTTPStatus.NOT_FOUND, "QUEUE_NOT_FOUND"),
    UnknownSchedule: (HTTPStatus.NOT_FOUND, "SCHEDULE_NOT_FOUND"),
    NotPermitted: (HTTPStatus.FORBIDDEN, "FORBIDDEN"),
    JobLost: (HTTPStatus.NOT_FOUND, "JOB_NOT_FOUND"),
    NoActor: (HTTPStatus.NOT_FOUND, "ACTOR_NOT_FOUND"),
    InvalidFilter: (HTTPStatus.BAD_REQUEST, "INVALID_FILTER"),
    InvalidJobId: (HTTPStatus.BAD_REQUEST, "INVALID_INPUT"),
    InvalidOption: (HTTPStatus.BAD_REQUEST, "INVALID_INPUT"),
    InvalidPayload: (HTTPStatus.BAD_REQUEST, "INVALID_PAYLOAD"),
    PayloadTooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "PAYLOAD_TOO_LARGE"),
    OperationOver: (HTTPStatus.CONFLICT, "OPERATION_OVER"),
    StaleJob: (HTTPStatus.CONFLICT, "STALE_JOB"),
}
"""The engine's errors that a client can do something about, with the status and code they get."""

CODES: Final[Mapping[int, str]] = {
    400: "INVALID_INPUT",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    429: "RATE_LIMITED",
}
"""Codes by status; the others are named as HTTP names them."""


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001  # DRF passes both
    """Answer a view's error with a problem; None, and so a plain server error, for what no client can mend."""
    for kind, (status, code) in FOR_JOBS.items():
        if isinstance(exc, kind):
            return problem(status, detail=str(exc), code=code)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    if isinstance(exc, exceptions.ValidationError):
        return problem(exc.status_code, detail="Some of the input cannot be used.", details=exc.detail)
    return problem(exc.status_code, detail=str(exc.detail), headers=_headers(exc))


def problem(
    status: int,
    *,
    detail: str,
    code: str | None = None,
    details: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem; its type is `about:blank`, so that its title is the status in words."""
    phrase = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": phrase,
        "status": int(status),
        "detail": detail,
        "code": code or CODES.get(status) or phrase.upper().replace(" ", "_"),
        "error": phrase,
    }
    if details is not None:
        body["details"] = details
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    """Return what the status obliges us to send: how to log in, or when to come back."""
    headers = {}
    if scheme := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(scheme)
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers
