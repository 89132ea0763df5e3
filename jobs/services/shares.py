"""What groups of jobs may have of a queue: rows first, which outlive Redis; Redis gets a copy."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import redis
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from jobs.conf import jobs_settings
from jobs.dispatch.entries import Share
from jobs.draft import check_group, check_limit, to_ms
from jobs.errors import InvalidOption
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.services.dispatching import dispatcher
from jobs.services.operator_audit import audit_queue
from jobs.services.permissions import permit_queue
from jobs.services.queues import check_queue

logger = logging.getLogger("jobs.queues")
_FIELDS = ("max_active", "max_starts", "window_ms")


def set_share(
    queue: str,
    *,
    group: str = "",
    max_active: int | None = None,
    max_starts: int | None = None,
    window: timedelta | int | None = None,
    by: Operator = SYSTEM,
    reason: str = "",
) -> None:
    """Let a group run `max_active` jobs at a time and start `max_starts` in any `window`, over all workers.

    Without a `group` it is for every group that has no limits of its own. Nothing given takes the group's limits away:
    it has those of every other group then. Raises InvalidOption and UnknownQueue.
    """
    permit_queue(by, Deed.PAUSE, check_queue(queue))
    if group:
        check_group(group)
    if (max_starts is None) != (window is None):
        raise InvalidOption("window", window, "a rate limit's starts and their window, or neither,")
    given = {"max_active": max_active, "max_starts": max_starts, "window_ms": window and to_ms(window)}
    after = {name: None if value is None else check_limit(name, value) for name, value in given.items()}
    rows = _rows()
    with transaction.atomic():
        row = rows.select_for_update().filter(queue=queue, group=group).values(*_FIELDS).first()
        if any(value is not None for value in after.values()):
            rows.update_or_create(queue=queue, group=group, defaults={**after, "updated_at": timezone.now()})
        else:
            rows.filter(queue=queue, group=group).delete()
        before = {"group": group, **(row or {})}
        audit_queue(
            "LIMIT", queue, before=before, after={"group": group, **after}, by=by, reason=reason, using="default"
        )
        transaction.on_commit(lambda: _tell(queue))


def share_of(queue: str, group: str) -> Share | None:
    """Return what a group may have of a queue: its own limits, else those of every other group, if there are any."""
    rows = dict(_rows().filter(queue=queue, group__in=[group, ""]).values_list("group", "pk"))
    if not rows:
        return None
    row = _rows().get(pk=rows.get(group, rows.get("")))
    return Share(max_active=row.max_active, max_starts=row.max_starts, window_ms=row.window_ms)


def send_shares(queue: str) -> None:
    """Tell Redis what groups of a queue may have; raises redis.RedisError."""
    if jobs_settings().dispatch:
        rows = _rows().filter(queue=queue).values_list("group", *_FIELDS)
        dispatcher().share(
            queue, {row[0]: Share(max_active=row[1], max_starts=row[2], window_ms=row[3]) for row in rows}
        )


def _tell(queue: str) -> None:
    try:
        send_shares(queue)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis has not heard of the shares of %s (%s); the patrol will tell it.", queue, error)


def _rows() -> Any:
    return apps.get_model("jobs", "GroupLimit").objects
