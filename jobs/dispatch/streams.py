"""Reads event streams of several queues, also where they are on several machines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import redis

from jobs.dispatch.connect import is_cluster

LOOK_S = 0.05
"""How often the streams of a Cluster are looked at; one call cannot wait for several machines."""


def read_streams(client: redis.Redis, places: Mapping[str, str], *, block_ms: int, count: int = 100) -> list[Any]:
    """Return [key, entries] of streams that have something after their place, waiting at most `block_ms` for it."""
    if not is_cluster(client) or len(places) == 1:
        streams: Any = places
        answer: Any = client.xread(streams, block=block_ms, count=count)
        return list(answer or ())
    end = time.monotonic() + block_ms / 1000
    while True:
        found = [part for key, place in places.items() for part in _look(client, key, place, count)]
        if found or time.monotonic() >= end:
            return found
        time.sleep(LOOK_S)


def _look(client: redis.Redis, key: str, place: str, count: int) -> list[Any]:
    answer: Any = client.xread({key: place}, count=count)
    return list(answer or ())
