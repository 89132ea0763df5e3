"""Puts a proxy before each of a world's servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.chaos.proxy import Proxy
from tests.chaos.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """Both proxies, and the environment of processes that go through them."""

    redis: Proxy
    database: Proxy

    @property
    def environment(self) -> Mapping[str, str]:
        """The addresses as settings read them."""
        return {
            "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{self.database.port}/postgres?sslmode=disable",
        }


def behind_proxies(world: World) -> Proxies:
    """Start proxies before the servers of the world."""
    return Proxies(redis=Proxy(world.store.socket), database=Proxy(world.postgres.directory.path / ".s.PGSQL.5432"))
