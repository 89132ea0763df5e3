"""What the calculation services refuse, as problems."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from rest_framework.response import Response

from calculations.errors import BatchNotFound, CalculationRefused, PamNotFound, TenantMismatch
from calculations.graph.errors import InvalidGraph
from jobs import problem

STATUSES: Final[Mapping[str, HTTPStatus]] = {
    "BATCH_NOT_FOUND": HTTPStatus.NOT_FOUND,
    "PAM_NOT_FOUND": HTTPStatus.NOT_FOUND,
    "RESULT_NOT_FOUND": HTTPStatus.NOT_FOUND,
    "INVALID_METADATA": HTTPStatus.BAD_REQUEST,
    "INVALID_PAGE": HTTPStatus.BAD_REQUEST,
    "INVALID_PRICE": HTTPStatus.BAD_REQUEST,
    "NO_ITEMS": HTTPStatus.UNPROCESSABLE_ENTITY,
    "NO_RESULTS": HTTPStatus.UNPROCESSABLE_ENTITY,
    "REASON_REQUIRED": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""Statuses by code; every other refusal is about the state of things, a conflict."""

_UNKNOWN: Final[Mapping[str, type[BatchNotFound | PamNotFound]]] = {"Batch": BatchNotFound, "PAM": PamNotFound}


def answer_to(error: Exception) -> Response | None:
    """Return the problem that an error means to the caller, None for errors of others."""
    if isinstance(error, InvalidGraph):
        errors = [found.as_json() for found in error.verdict.errors]
        return problem(
            HTTPStatus.BAD_REQUEST, detail="Invalid graph structure", code=error.code, details={"errors": errors}
        )
    if isinstance(error, TenantMismatch):  # a row of another tenant is one that does not exist
        error = _UNKNOWN[error.kind](error.entity_id)
    if not isinstance(error, CalculationRefused):
        return None
    return problem(STATUSES.get(error.code, HTTPStatus.CONFLICT), detail=error.message, code=error.code)
