"""Switches and limits of queues: rows first, which outlive Redis; Redis gets a copy, and every worker obeys at once."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import redis
from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from jobs.conf import jobs_settings
from jobs.dispatch.entries import Limits
from jobs.draft import check_limit, to_ms
from jobs.keeping import Keeping
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.services.dispatching import dispatcher
from jobs.services.operator_audit import audit_queue, plain
from jobs.services.permissions import permit_queue
from jobs.services.queues import check_queue

logger = logging.getLogger("jobs.queues")


def limits(queue: str) -> Limits:
    """Return a queue's limits: an operator's where there are any, else the settings'."""
    config = _configs().filter(queue=queue).annotate(now=Now()).first()
    limiter = jobs_settings().queue(queue).limiter
    if config is None:
        return Limits(
            max_starts=limiter.max if limiter else None,
            window_ms=limiter.duration if limiter else None,
        )
    held = config.held_until and to_ms(config.held_until - config.now)
    return Limits(
        paused=bool(config.paused_at),
        max_active=config.max_active,
        max_starts=config.max_starts or (limiter.max if limiter else None),
        window_ms=config.window_ms or (limiter.duration if limiter else None),
        concurrency=config.concurrency,
        hold_ms=held if held and held > 0 else None,
    )


def send_limits(queue: str) -> None:
    """Tell Redis a queue's limits; raises redis.RedisError."""
    if jobs_settings().dispatch:
        dispatcher().configure(queue, limits(queue))


def pause(queue: str, *, by: Operator = SYSTEM, reason: str = "") -> None:
    """Pause a queue for all workers; what runs goes on. Durable: the row outlives Redis."""
    _keep("PAUSE", queue, by, reason, paused_at=timezone.now())


def resume(queue: str, *, by: Operator = SYSTEM, reason: str = "") -> None:
    """Let a paused queue go on."""
    _keep("RESUME", queue, by, reason, paused_at=None)


def set_rate_limit(
    queue: str, *, max_starts: int, window: timedelta | int, by: Operator = SYSTEM, reason: str = ""
) -> None:
    """Let at most `max_starts` jobs of a queue start in any window (milliseconds or timedelta), over all workers."""
    values = {"max_starts": check_limit("max_starts", max_starts), "window_ms": check_limit("window", to_ms(window))}
    _keep("LIMIT", queue, by, reason, **values)


def clear_rate_limit(queue: str, *, by: Operator = SYSTEM, reason: str = "") -> None:
    """Go back to the rate limit that the settings name, or to none."""
    _keep("LIMIT", queue, by, reason, max_starts=None, window_ms=None)


def set_concurrency(queue: str, *, jobs: int | None, by: Operator = SYSTEM, reason: str = "") -> None:
    """Let each worker process run that many jobs of a queue at a time; None goes back to the settings."""
    _keep("LIMIT", queue, by, reason, concurrency=None if jobs is None else check_limit("jobs", jobs))


def set_max_active(queue: str, *, jobs: int | None, by: Operator = SYSTEM, reason: str = "") -> None:
    """Let all workers together run at most that many jobs of a queue at a time; None lifts the limit."""
    _keep("LIMIT", queue, by, reason, max_active=None if jobs is None else check_limit("jobs", jobs))


def hold(queue: str, *, delay: timedelta | int, by: Operator | None = None, reason: str = "") -> None:
    """Let no job of a queue start for `delay` (milliseconds or timedelta); of two holds the longer counts.

    `by` names the operator, for the audit log; without one a job asks for it (`RateLimited`), and its attempt tells.
    """
    if by:
        permit_queue(by, Deed.PAUSE, check_queue(queue))
    delay_ms = check_limit("delay", to_ms(delay))
    until = Now() + timedelta(milliseconds=delay_ms)
    with transaction.atomic():
        config, _ = _configs().select_for_update().get_or_create(queue=check_queue(queue))
        longer = _configs().filter(Q(held_until=None) | Q(held_until__lt=until), queue=queue)
        if longer.update(held_until=until) and by:
            before, after = plain({"held_until": config.held_until}), {"holdMs": delay_ms}
            audit_queue("HOLD", queue, before=before, after=after, by=by, reason=reason, using="default")
    _tell(queue)


def release_hold(queue: str, *, by: Operator = SYSTEM, reason: str = "") -> None:
    """End a hold."""
    _keep("LIMIT", queue, by, reason, held_until=None)


def set_retention(queue: str, *, keep: Keeping, by: Operator = SYSTEM, reason: str = "") -> None:
    """Keep finished jobs of a queue that long, and that many; what `keep` leaves open goes by the settings."""
    permit_queue(by, Deed.PURGE, check_queue(queue))
    _keep("RETENTION", queue, by, reason, **{f"keep_{name}": value for name, value in keep.as_dict().items()})


def retention(queue: str) -> Keeping:
    """Return what a queue keeps: an operator's values where there are any, else the settings'."""
    config = _configs().filter(queue=queue).first()
    given = {n: getattr(config, f"keep_{n}") for n in Keeping.__slots__} if config else {}
    return Keeping(**given).over(jobs_settings().keeping(queue))


def _configs() -> Any:
    return apps.get_model("jobs", "QueueConfig").objects


def _keep(action: str, queue: str, by: Operator, reason: str, **values: Any) -> None:
    """Store values and the audit of their change together, then tell Redis."""
    permit_queue(by, Deed.PAUSE, check_queue(queue))
    with transaction.atomic():
        config, _ = _configs().select_for_update().get_or_create(queue=check_queue(queue))
        before = {name: getattr(config, name) for name in values}
        _configs().filter(queue=queue).update(updated_at=timezone.now(), **values)
        audit_queue(action, queue, before=plain(before), after=plain(values), by=by, reason=reason, using="default")
    _tell(queue)


def _tell(queue: str) -> None:
    try:
        send_limits(queue)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis has not heard of the switch of %s (%s); the patrol will tell it.", queue, error)
