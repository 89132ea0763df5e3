"""A job before it is a row: checked, frozen, encoded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from jobs.conf import jobs_settings
from jobs.errors import InvalidJobId, InvalidOption, InvalidPayload, PayloadTooLarge
from jobs.ids import new_id

MAX_PRIORITY = 1_000
MAX_DELAY_MS = 10 * 365 * 86_400_000


@dataclass(slots=True, kw_only=True)  # one a job: frozen would cost 2 us more
class Draft:
    """One job to insert; `payload` and `options` are JSON texts.

    `delay_ms` and `expires_ms` (0: never) count from the insert.
    """

    id: str
    queue: str
    actor: str
    payload: str
    options: str = "{}"
    job_id: str
    tenant: str = ""
    priority: int = 0
    delay_ms: int = 0
    expires_ms: int = 0
    max_attempts: int = 3
    group: str = ""


def draft(
    *,
    queue: str,
    actor: str,
    payload: Mapping[str, Any] | str,
    options: Mapping[str, Any] | None = None,
    job_id: str | None = None,
    tenant: str = "",
    priority: int = 0,
    delay: timedelta | int | None = None,
    run_at: datetime | None = None,
    expires: timedelta | int | None = None,
    attempts: int | None = None,
    message_id: str | None = None,
    group: str | None = None,
) -> Draft:
    """Return a checked draft; `payload` is an object or its JSON text.

    Raises InvalidJobId, InvalidOption, InvalidPayload or PayloadTooLarge.
    """
    id_ = message_id or new_id()
    if group is None:
        group = tenant if tenant and jobs_settings().queue(queue).fair else ""
    if group:
        options = {**(options or {}), "group": check_group(group)}
    return Draft(
        id=id_,
        queue=queue,
        actor=actor,
        payload=check_payload(actor, payload) if isinstance(payload, str) else encode_payload(actor, payload),
        options=json.dumps(options) if options else "{}",
        job_id=id_ if job_id is None else check_job_id(job_id),
        tenant=tenant,
        priority=check_priority(priority),
        delay_ms=check_delay(delay) if run_at is None else _delay_until(run_at, delay),
        expires_ms=0 if expires is None else _whole("expires", to_ms(expires), 1, MAX_DELAY_MS),
        max_attempts=_whole("attempts", jobs_settings().attempts if attempts is None else attempts, 1, 1_000),
        group=group,
    )


def encode_payload(actor: str, payload: Mapping[str, Any]) -> str:
    """Return the payload as JSON text, within the size that a job may carry."""
    try:
        text = json.dumps(payload, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidPayload(actor, [f"not JSON: {error}"]) from None
    return check_payload(actor, text)


def check_payload(actor: str, text: str) -> str:
    """Return a payload's JSON text if a row can keep it; raises InvalidPayload or PayloadTooLarge."""
    if "NaN" in text or "Infinity" in text:
        try:
            json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            raise InvalidPayload(actor, [f"not JSON: {error}"]) from None
    if "\\u0000" in text:
        raise InvalidPayload(actor, ["texts must not contain the NUL character; PostgreSQL cannot store it"])
    limit = jobs_settings().max_payload_bytes
    size = len(text) if text.isascii() else len(text.encode())
    if size > limit:
        raise PayloadTooLarge(actor, size, limit)
    return text


def _refuse(number: str) -> None:
    raise ValueError(f"{number} is no number of JSON")


def check_job_id(job_id: object) -> str:
    """Return a caller's job id if it can be one; raises InvalidJobId."""
    if not isinstance(job_id, str) or not 0 < len(job_id) <= 200 or "/" in job_id or not job_id.isprintable():
        raise InvalidJobId(job_id)
    return job_id


def check_group(group: object) -> str:
    """Return the name of a group if it can be one; raises InvalidOption."""
    if not isinstance(group, str) or not 0 < len(group) <= 100 or not group.isprintable():
        raise InvalidOption("group", group, "1 to 100 printable characters")
    return group


def check_priority(priority: object) -> int:
    """Return a priority if it can be one; raises InvalidOption."""
    return _whole("priority", priority, 0, MAX_PRIORITY)


def check_delay(delay: timedelta | int | None) -> int:
    """Return a delay in milliseconds; raises InvalidOption."""
    return _whole("delay", 0 if delay is None else to_ms(delay), 0, MAX_DELAY_MS)


def _delay_until(run_at: datetime, delay: timedelta | int | None) -> int:
    """Return the milliseconds until a time, 0 for one that is past; by this machine's clock, as the caller's is."""
    if delay is not None or run_at.tzinfo is None:
        raise InvalidOption("run_at", run_at, "a time with its zone, and no delay beside it,")
    return check_delay(max(timedelta(), run_at - datetime.now(UTC)))


def check_limit(name: str, value: object) -> int:
    """Return a limit if it can be one; raises InvalidOption."""
    return _whole(name, value, 1, 2_000_000_000)


def to_ms(span: timedelta | int) -> int:
    """Return a span in milliseconds."""
    return int(span.total_seconds() * 1000) if isinstance(span, timedelta) else span


def _whole(name: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidOption(name, value, f"a whole number from {low} to {high}")
    return value
