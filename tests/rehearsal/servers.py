"""The servers of the rehearsal beside PostgreSQL: PgBouncer, Valkey with a replica under Sentinels, Prometheus."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import psycopg
import redis
import requests

from jobs_project.local.ports import claim_port
from jobs_project.local.processes import wait_for_end
from jobs_project.local.valkey import wheel_program

SERVICE = "jobs"
RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "jobs.rules.yml"


def until(true: Callable[[], Any], *, seconds: float, what: str) -> None:
    """Wait for other processes, which send no signal."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            sys.exit(f"not within {seconds:g} s: {what}")
        time.sleep(0.1)


def program(name: str) -> str:
    """Return a program of the system; ends with the way to get it."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        sys.exit(f"{name} is needed: apt-get install prometheus pgbouncer")
    return found


class Server:
    """A process of ours with its log, ended by its pid."""

    def __init__(self, folder: Path, command: Sequence[str | Path], **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options
            )

    def stop(self) -> None:
        """End it."""
        wait_for_end(self.process, signal.SIGTERM, patience=60)

    def kill(self) -> None:
        """End it as a crash would."""
        wait_for_end(self.process, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class PgBouncer(Server):
    """Transaction mode before a PostgreSQL of ours; 1.18 knows no prepared statements."""

    def __init__(self, folder: Path, database_url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        parts = urlsplit(database_url)
        self.port = claim_port()
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\npostgres = host={unquote(parts.hostname or '')} port={parts.port} dbname=postgres "
            f"user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = transaction\nmax_client_conn = 400\ndefault_pool_size = 30\n"
            "server_login_retry = 1\nquery_wait_timeout = 10\n"
        )
        settings.chmod(0o644)
        as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
        super().__init__(folder, [program("pgbouncer"), settings], **as_nobody)
        until(self._answers, seconds=20, what=f"PgBouncer, see {folder}/log")

    @property
    def url(self) -> str:
        """The address as DATABASE_URL wants it."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Watched:
    """A primary, its replica, and three Sentinels who let the replica take over."""

    def __init__(self, folder: Path) -> None:
        ports = [claim_port() for _ in range(5)]
        common = ("--save", "", "--appendonly", "yes", "--bind", "127.0.0.1", "--maxmemory-policy", "noeviction")
        valkey = wheel_program()
        self.servers = {}
        for name, port, more in (
            ("primary", ports[0], ()),
            ("replica", ports[1], ("--replicaof", f"127.0.0.1 {ports[0]}")),
        ):
            words = (*common, *more, "--port", str(port), "--dir", str(folder / name))
            self.servers[name] = Server(folder / name, [valkey, *words])
        replica = redis.Redis(port=ports[1], decode_responses=True)
        until(lambda: _told(replica, "replication").get("master_link_status") == "up", seconds=20, what="the replica")
        for port in ports[2:]:
            settings = folder / f"sentinel-{port}.conf"
            settings.write_text(
                f"sentinel monitor {SERVICE} 127.0.0.1 {ports[0]} 2\n"
                f"sentinel down-after-milliseconds {SERVICE} 1000\nsentinel failover-timeout {SERVICE} 5000\n"
            )
            words = ("--sentinel", "--port", str(port), "--bind", "127.0.0.1")
            self.servers[str(port)] = Server(folder / str(port), [valkey, str(settings), *words])
        self.sentinels = [redis.Redis(port=port, decode_responses=True) for port in ports[2:]]
        self._replica = replica
        for sentinel in self.sentinels:
            until(lambda one=sentinel: _knows_all(one), seconds=30, what="Sentinels that know each other")  # type: ignore[misc]
        self.url = f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in ports[2:])}/{SERVICE}/0"

    def fail_over(self) -> None:
        """Kill the primary, and wait until the replica is one."""
        self.servers["primary"].kill()
        until(lambda: _told(self._replica, "replication").get("role") == "master", seconds=60, what="the failover")

    def stop(self) -> None:
        """End all."""
        for server in self.servers.values():
            server.stop()


class Prometheus(Server):
    """Scrapes every process of the topology every two seconds, with the alert rules that we deliver."""

    def __init__(self, folder: Path, *, web: Sequence[int], others: Sequence[int], token: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = claim_port()
        (folder / "prometheus.yml").write_text(
            "global: {scrape_interval: 2s, evaluation_interval: 5s}\n"
            f"rule_files: [{RULES}]\nscrape_configs:\n"
            f"- {{job_name: web, authorization: {{credentials: {token}}}, "
            f"static_configs: [{{targets: {_hosts(web)}}}]}}\n"
            f"- {{job_name: workers, static_configs: [{{targets: {_hosts(others)}}}]}}\n"
        )
        address = f"--web.listen-address=127.0.0.1:{self.port}"
        data = f"--storage.tsdb.path={folder / 'data'}"
        super().__init__(folder, [program("prometheus"), f"--config.file={folder / 'prometheus.yml'}", address, data])

    def ask(self, query: str) -> float:
        """Return the one number that a query answers; 0 if none."""
        answer = requests.get(f"http://127.0.0.1:{self.port}/api/v1/query", params={"query": query}, timeout=10).json()
        found = answer["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0


def _hosts(ports: Sequence[int]) -> list[str]:
    return [f"127.0.0.1:{port}" for port in ports]


def _told(client: Any, section: str) -> dict[str, Any]:
    try:
        return dict(client.info(section))
    except redis.RedisError:
        return {}


def _knows_all(sentinel: Any) -> bool:
    try:
        primary = sentinel.sentinel_master(SERVICE)
    except redis.RedisError:
        return False
    return bool(primary["num-slaves"] == 1 and primary["num-other-sentinels"] == 2)
