"""Connections to Redis."""

from __future__ import annotations

from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from jobs.dispatch.address import Address, read_address
from jobs.dispatch.cluster import ClusterClient

MOST_CONNECTIONS = 100
"""A client opens no more (of a Cluster: to one node); who would need the next one gets an error at once."""
SENTINEL_S = 1.0
"""How long a Sentinel may take to answer: another one is asked then."""


def connect(url: str, *, timeout_s: float = 5.0) -> redis.Redis:
    """Return a client of `url` (redis, rediss, unix, redis+sentinel, redis+cluster) that repeats nothing by itself.

    A silent repeat would run a script twice whose first answer was lost; our callers know what to do instead. A
    Cluster is connected to at once, and speaks only commands of one queue's keys. Raises UnreadableAddress.
    """
    options: dict[str, Any] = {
        "decode_responses": True,
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "max_connections": MOST_CONNECTIONS,
        "health_check_interval": 0,
    }
    address = read_address(url)
    if address is None:
        return redis.Redis.from_url(url, retry=_never(), **options)
    if address.kind == "cluster":
        return cast("redis.Redis", ClusterClient(address.nodes, **address.login, **options))
    return _by_sentinel(address, options)


def _by_sentinel(address: Address, options: dict[str, Any]) -> redis.Redis:
    """Return a client that asks the Sentinels for the primary whenever it connects."""
    watch = {"socket_timeout": SENTINEL_S, "socket_connect_timeout": SENTINEL_S, "retry": _never()}
    sentinel: Any = Sentinel(address.nodes, sentinel_kwargs=watch | address.sentinel_login)  # type: ignore[no-untyped-call]
    client: redis.Redis = sentinel.master_for(address.service, retry=_never(), **options, **address.login)
    return client


def _never() -> Retry:
    return Retry(NoBackoff(), 0)


def is_cluster(client: redis.Redis) -> bool:
    """Tell whether a client speaks to a Cluster, where keys of two queues are on two machines."""
    return isinstance(client, ClusterClient)
