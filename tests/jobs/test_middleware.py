"""Other people's middleware, the real ones, unchanged."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dramatiq
import prometheus_client  # before the middleware sets its directory: this process counts in memory
import pytest
import requests
import sentry_sdk
from dramatiq.middleware import CurrentMessage, Middleware
from dramatiq.middleware.prometheus import Prometheus
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.dramatiq import DramatiqIntegration, SentryMiddleware
from sentry_sdk.transport import Transport

from jobs import enqueue
from jobs.broker import JobBroker
from jobs.models import Job
from jobs.workers import start_workers, stop_workers
from tests.jobs.conftest import Crew, until
from tests.probe.actors import Chatter, Misbehave, Note, read

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def added(middleware: Middleware) -> Iterator[Any]:
    """Have a middleware in front of the others."""
    broker: Any = dramatiq.get_broker()
    broker.add_middleware(middleware, before=type(broker.middleware[0]))
    try:
        yield broker
    finally:
        broker.middleware.remove(middleware)
        broker._hooks.clear()


class Captured(Transport):
    """Keeps what would be sent to Sentry."""

    def __init__(self) -> None:
        super().__init__({})
        self.items: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep the items of an envelope."""
        self.items += [item.payload.json for item in envelope.items if item.payload.json]


@pytest.fixture
def sentry() -> Iterator[Captured]:
    """Switch Sentry on with its Dramatiq integration."""
    transport = Captured()
    sentry_sdk.init(
        dsn="https://key@sentry.invalid/1",
        transport=transport,
        integrations=[DramatiqIntegration()],
        default_integrations=False,
        auto_enabling_integrations=False,
        traces_sample_rate=1.0,
    )
    yield transport
    sentry_sdk.init()


@pytest.fixture
def watched(sentry: Captured, redis: Any) -> Iterator[Captured]:
    """Run workers under the middleware that Sentry gives to a new broker."""
    found = [m for m in JobBroker().middleware if isinstance(m, SentryMiddleware)]
    assert len(found) == 1
    with added(found[0]):
        start_workers(["calculation"])
        yield sentry
        stop_workers()


def test_sentry_s_middleware_reports_a_failed_run_with_its_job(watched: Captured) -> None:
    job = enqueue(Misbehave(what="fail"))

    until(lambda: [item for item in watched.items if "exception" in item])

    event = next(item for item in watched.items if "exception" in item)
    assert event["exception"]["values"][-1]["value"] == "hopeless"
    assert event["extra"]["dramatiq_message_id"] == job.id
    assert event["contexts"]["dramatiq"]["data"]["actor_name"] == "probe-misbehave"


def test_sentry_s_middleware_reports_no_retry_that_an_actor_asks_for(watched: Captured) -> None:
    enqueue(Chatter(fail=True), attempts=1)

    until(lambda: Job.objects.filter(state="failed").count())
    until(lambda: [item for item in watched.items if item.get("type") == "transaction"])

    assert not [item for item in watched.items if "exception" in item]


@pytest.mark.parametrize("what", ["snooze", "limited", "cancel"])
def test_sentry_s_middleware_reports_no_run_that_gives_its_attempt_back(
    watched: Captured, tmp_path: Path, what: str
) -> None:
    ledger = f"{tmp_path}/ledger"
    job = enqueue(Note(ledger=ledger, key="a", ms=60_000) if what == "cancel" else Misbehave(what=what))
    if what == "cancel":
        until(lambda: read(ledger))
        job.cancel()

    until(job.refresh().row.attempt_log.exists)
    until(lambda: [item for item in watched.items if item.get("type") == "transaction"])

    assert not [item for item in watched.items if "exception" in item]


def test_a_trace_goes_on_in_the_worker_through_sentry_s_middleware(watched: Captured) -> None:
    with sentry_sdk.start_transaction(name="a request") as request:
        enqueue(Misbehave(what="retry", times=0)).wait_until_finished(60)

    run = until(lambda: next((i for i in watched.items if i.get("transaction") == "probe-misbehave"), None))
    assert run["contexts"]["trace"]["trace_id"] == request.trace_id


def test_the_prometheus_middleware_counts_runs_and_errors(
    redis: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dramatiq.middleware.prometheus.DB_PATH", str(tmp_path))
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))  # so that both are taken back at the end
    monkeypatch.setenv("prometheus_multiproc_dir", str(tmp_path))
    prometheus: Any = Prometheus()
    with added(prometheus) as broker:
        prometheus.after_process_boot(broker)
        start_workers(["calculation"])
        good, bad = enqueue(Misbehave(what="retry", times=0)), enqueue(Misbehave(what="fail"))
        until(lambda: Job.objects.filter(pk__in=[good.id, bad.id], finished_at=None).count() == 0)
        stop_workers()

    def value(metric: Any) -> float:
        return float(metric.labels("calculation", "probe-misbehave")._value.get())

    assert value(prometheus.total_messages) == 2
    assert value(prometheus.total_errored_messages) == 1
    assert value(prometheus.total_rejected_messages) == 1
    assert value(prometheus.inprogress_messages) == 0
    assert isinstance(prometheus.message_durations, prometheus_client.Histogram)


def test_the_current_message_middleware_knows_the_job_s_message(workers: None) -> None:
    seen: list[Any] = []

    class Look(Middleware):
        def after_process_message(self, broker: Any, message: Any, **_: Any) -> None:
            seen.append(CurrentMessage.get_current_message())

    with added(Look()), added(CurrentMessage()):
        job = enqueue(Misbehave(what="retry", times=0))
        job.wait_until_finished(60)
        until(lambda: seen)

    assert [message.message_id for message in seen] == [job.id]
    assert seen[0].actor_name == "probe-misbehave"


def test_the_shutdown_middleware_interrupts_a_run_which_is_handed_back(redis: Any, tmp_path: Path) -> None:
    start_workers(["calculation"])
    job = enqueue(Note(ledger=f"{tmp_path}/ledger", key="a", ms=60_000))
    until(lambda: read(f"{tmp_path}/ledger"))

    stop_workers(grace_s=0)

    row = job.refresh().row
    assert (row.state, row.attempts) == ("waiting", 0)
    assert list(row.attempt_log.values_list("outcome", flat=True)) == ["released"]


def test_the_prometheus_middleware_s_server_runs_beside_worker_processes(
    child_environment: dict[str, str], crew: Callable[..., Crew], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    child_environment["PROBE_MIDDLEWARE"] = "dramatiq.middleware.prometheus.Prometheus"
    child_environment |= {"dramatiq_prom_db": f"{tmp_path}/db", "dramatiq_prom_port": str(port)}
    one = crew("--processes", "1")
    enqueue(Misbehave(what="retry", times=0)).wait_until_finished(60)

    told = until(lambda: _get(f"http://127.0.0.1:{port}/metrics"), what="metrics")

    assert 'dramatiq_messages_total{actor_name="probe-misbehave",queue_name="calculation"} 1.0' in told
    assert one.stop() == 0
    assert _get(f"http://127.0.0.1:{port}/metrics") == ""


def _get(url: str) -> str:
    try:
        return requests.get(url, timeout=5).text
    except requests.ConnectionError:
        return ""
