"""Looks for jobs that a test expects."""

from __future__ import annotations

from typing import Any

from jobs.handle import JobHandle
from jobs.models import Job
from jobs.payload import Payload


def _matching(payload_type: type[Payload], fields: dict[str, Any]) -> list[Job]:
    actor = payload_type.actor().actor_name
    rows = Job.objects.filter(actor=actor).order_by("id")
    return [row for row in rows if _fits(payload_type.read(row.payload), fields)]


def _fits(payload: Payload, fields: dict[str, Any]) -> bool:
    return all(getattr(payload, name) == value for name, value in fields.items())


def assert_enqueued(payload_type: type[Payload], *, count: int = 1, **fields: Any) -> JobHandle:
    """Assert that `count` jobs of this payload type with these fields exist; return the first."""
    found = _matching(payload_type, fields)
    wanted = f"{payload_type.__name__} with {fields}" if fields else payload_type.__name__
    others = ", ".join(f"{row.actor} {row.payload}" for row in Job.objects.order_by("id")[:10]) or "none at all"
    assert len(found) == count, f"{count} jobs expected of {wanted}, {len(found)} found. There are: {others}"  # noqa: S101
    return JobHandle.of_row(found[0])


def assert_not_enqueued(payload_type: type[Payload], **fields: Any) -> None:
    """Assert that no job of this payload type with these fields exists."""
    found = _matching(payload_type, fields)
    assert not found, f"No job expected of {payload_type.__name__} with {fields}, {len(found)} found"  # noqa: S101
