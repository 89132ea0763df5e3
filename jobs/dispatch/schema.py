"""The version of what we keep in Redis: the layout of the keys and what the scripts expect of it.

Raise `SCHEMA` with every change that workers of the release before would not understand. Scripts themselves are known
by their text, so that two releases share a Redis as long as the layout is one.
"""

from __future__ import annotations

from typing import Any, Final

import redis

from jobs.errors import JobsError

SCHEMA: Final = 1


class SchemaMismatch(JobsError):
    """Raised when a Redis is in use by a release whose keys are laid out in another way."""

    def __init__(self, key: str, found: str) -> None:
        super().__init__(
            f"Redis is laid out by version {found} ({key}), this release uses {SCHEMA}. Stop the workers of the other "
            f"release, then empty this Redis (FLUSHDB, or delete all keys of this prefix): rows refill it."
        )


def agree(client: redis.Redis, *, prefix: str) -> None:
    """Be the first to name the version, or agree with who was. Raises SchemaMismatch and redis.RedisError."""
    key = f"{prefix}:schema"
    if client.set(key, str(SCHEMA), nx=True):
        return
    named: Any = client.get(key) or str(SCHEMA)
    found = named.decode() if isinstance(named, bytes) else str(named)
    if found != str(SCHEMA):
        raise SchemaMismatch(key, found)
