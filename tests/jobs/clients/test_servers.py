"""The engine on Sentinel and Cluster: real servers, and a failover in mid-run that loses nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from jobs import enqueue_many, get_queue_events
from jobs.dispatch.address import UnreadableAddress, read_address
from jobs.dispatch.connect import MOST_CONNECTIONS, connect
from jobs.dispatch.keys import QueueKeys
from jobs.models import Attempt, Job
from jobs.services.dispatching import dispatcher
from jobs.states import State
from jobs.workers import start_workers, stop_workers
from tests.jobs.clients.servers import SERVICE, Server, cluster, running, watched
from tests.jobs.conftest import until
from tests.probe.actors import Note, read

JOBS = 300


@pytest.fixture(scope="module")
def once() -> None:
    """Skip on SQLite: the servers are slow to start, and do not know the database."""
    if connection.vendor == "sqlite":
        pytest.skip("once, on PostgreSQL, is enough")


@pytest.fixture(scope="module")
def sentinels(once: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Hand out a primary, its replica, and the Sentinels that watch them."""
    with running(lambda: watched(tmp_path_factory.mktemp("sentinel"))) as servers:
        yield servers


@pytest.fixture(scope="module")
def nodes(once: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Hand out a Cluster's nodes, primaries first."""
    with running(lambda: cluster(tmp_path_factory.mktemp("cluster"))) as servers:
        yield servers


def sentinel_url(servers: list[Server]) -> str:
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers[2:])
    return f"redis+sentinel://{hosts}/{SERVICE}/0"


def cluster_url(servers: list[Server]) -> str:
    return f"redis+cluster://127.0.0.1:{servers[0].port},127.0.0.1:{servers[4].port}"


@pytest.fixture
def working(transactional_db: None) -> Iterator[Any]:
    """Hand out a function that lets workers of this process work on an address."""
    overridden: list[override_settings] = []

    def start(url: str) -> None:
        overridden.append(override_settings(REDIS_URL=url))
        overridden[0].enable()
        dispatcher.cache_clear()
        start_workers()

    yield start
    stop_workers()
    dispatcher().close()
    dispatcher.cache_clear()
    for one in overridden:
        one.disable()


def fail_over_in_mid_run(primary: Server, ledger: Path) -> None:
    """Kill a primary while jobs run and wait, enqueue more, and expect all to have ended."""
    enqueue_many([Note(ledger=str(ledger), key=str(number), ms=5) for number in range(JOBS)])
    until(lambda: len(read(ledger)) > JOBS // 10, what="some jobs that have run")
    primary.kill()
    enqueue_many([Note(ledger=str(ledger), key=str(number), ms=5) for number in range(JOBS, JOBS + 50)])
    until(lambda: not Job.objects.exclude(state=State.COMPLETED).exists(), seconds=40, what="all jobs to end")


def test_a_sentinel_failover_in_mid_run_loses_nothing(sentinels: list[Server], working: Any, tmp_path: Path) -> None:
    working(sentinel_url(sentinels))

    fail_over_in_mid_run(sentinels[0], tmp_path / "ledger")

    keys = [line["key"] for line in read(tmp_path / "ledger") if line["event"] == "F"]
    assert len(set(keys)) == JOBS + 50
    assert len(keys) == len(set(keys)), "claims are rows: no job ran twice"
    assert Attempt.objects.exclude(outcome="completed").count() == 0


def test_a_cluster_failover_in_mid_run_loses_nothing(nodes: list[Server], working: Any, tmp_path: Path) -> None:
    working(cluster_url(nodes))
    port = dispatcher().client.get_node_from_key(QueueKeys("jobs", "calculation").marker).port  # type: ignore[attr-defined]
    primary = next(server for server in nodes if server.port == port)

    fail_over_in_mid_run(primary, tmp_path / "ledger")

    keys = [line["key"] for line in read(tmp_path / "ledger") if line["event"] == "F"]
    assert len(keys) == len(set(keys)) == JOBS + 50


def test_a_cluster_serves_queues_of_several_nodes(nodes: list[Server], working: Any, tmp_path: Path) -> None:
    working(cluster_url(nodes))
    events = get_queue_events("calculation")

    enqueue_many([Note(ledger=str(tmp_path / "ledger"), key="a")])
    told: list[str] = []

    def has_ended() -> bool:
        told.extend(event.name for event in events.read(block_ms=200))
        return "completed" in told

    until(has_ended)

    assert "active" in told
    assert {stats.queue for stats in dispatcher().stats(["calculation", "reports"])} == {"calculation", "reports"}


def test_a_worker_process_under_sentinel_holds_few_connections(
    sentinels: list[Server], working: Any, tmp_path: Path
) -> None:
    alive = next(server for server in sentinels[:2] if server.process.poll() is None)
    before = alive.client.info("clients")["connected_clients"]
    working(sentinel_url(sentinels))

    enqueue_many([Note(ledger=str(tmp_path / "ledger"), key=str(number)) for number in range(100)])
    until(lambda: not Job.objects.exclude(state=State.COMPLETED).exists())

    ours = alive.client.info("clients")["connected_clients"] - before
    assert ours <= 4, "exchanges, wakes, the caretaker, this thread"


@pytest.mark.parametrize("kind", ["server", "sentinel", "cluster"])
def test_no_client_opens_more_connections_than_we_say(
    sentinels: list[Server], nodes: list[Server], redis: Any, kind: str
) -> None:
    urls = {"server": os.environ["REDIS_URL"], "sentinel": sentinel_url(sentinels), "cluster": cluster_url(nodes)}
    client: Any = connect(urls[kind])

    node = client.node_of("any") if kind == "cluster" else client

    assert node.connection_pool.max_connections == MOST_CONNECTIONS
    client.close()


@pytest.mark.parametrize(
    ("url", "kind", "nodes", "service", "login"),
    [
        ("redis+sentinel://a,b:5/jobs/3", "sentinel", (("a", 26_379), ("b", 5)), "jobs", {"db": 3}),
        ("rediss+sentinel://:s%40@a/jobs", "sentinel", (("a", 26_379),), "jobs", {"password": "s@", "ssl": True}),
        (
            "redis+cluster://u:p@[::1]:7,b",
            "cluster",
            (("::1", 7), ("b", 6_379)),
            "",
            {"username": "u", "password": "p"},
        ),
    ],
)
def test_sentinel_and_cluster_addresses_are_read(url: str, kind: str, nodes: Any, service: str, login: Any) -> None:
    address = read_address(url)

    assert address
    assert (address.kind, address.nodes, address.service, address.login) == (kind, nodes, service, login)
    assert read_address("redis://a/0") is None


@pytest.mark.parametrize(
    "url", ["redis+sentinel://a", "redis+cluster://a/1", "redis+ring://a", "redis+sentinel://a:x/s", "redis+cluster://"]
)
def test_a_sentinel_or_cluster_address_that_cannot_be_read_says_how_it_looks(url: str) -> None:
    with pytest.raises(UnreadableAddress, match="for example redis"):
        read_address(url)
