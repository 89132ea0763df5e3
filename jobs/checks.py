"""What `manage.py check` says about the engine."""

from __future__ import annotations

from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from jobs.conf import read
from jobs.dispatch.connect import connect
from jobs.errors import InvalidSettings

LOOK_S = 0.5


@register("jobs")
def check_settings(**_: Any) -> list[CheckMessage]:
    """Read `settings.JOBS` as the engine will."""
    try:
        read(getattr(settings, "JOBS", {}))
    except InvalidSettings as error:
        return [Error(str(error), id="jobs.E001")]
    return []


@register("jobs")
def check_eviction(**_: Any) -> list[CheckMessage]:
    """Refuse a Redis that throws keys away when its memory is full; one that does not answer is not judged."""
    try:
        policy = connect(settings.REDIS_URL, timeout_s=LOOK_S).info("memory").get("maxmemory_policy", "noeviction")
    except (redis.RedisError, OSError, ValueError):
        return []
    if policy == "noeviction":
        return []
    hint = "Set maxmemory-policy noeviction: the patrol would put evicted jobs back, but late and again and again."
    return [Error(f"Redis evicts keys when its memory is full ({policy}).", hint=hint, id="jobs.E002")]
