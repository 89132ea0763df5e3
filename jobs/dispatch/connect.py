"""Connections to Redis."""

from __future__ import annotations

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def connect(url: str, *, timeout_s: float = 5.0) -> redis.Redis:
    """Return a client of `url` (redis, rediss or unix) that never repeats a command by itself.

    A silent repeat would run a script twice whose first answer was lost; our callers know what to do instead.
    """
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )
