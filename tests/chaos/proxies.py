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
    address: str

    @property
    def environment(self) -> Mapping[str, str]:
        """The addresses as settings read them."""
        return {
            "REDIS_URL": f"redis://{self.address}:{self.redis.port}/0",
            "DATABASE_URL": f"postgres://postgres@{self.address}:{self.database.port}/postgres?sslmode=disable",
        }


def behind_proxies(world: World, *, address: str = "127.0.0.1") -> Proxies:
    """Start proxies before the servers of the world, on an address of ours."""
    return Proxies(
        redis=Proxy(world.store.socket, address=address),
        database=Proxy(world.postgres.socket, address=address),
        address=address,
    )
