"""Prometheus: counters of many processes add up and never shrink; the gauges tell how the installation stands."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from jobs import enqueue, enqueue_many
from jobs.counters import COUNTERS, Counters, load
from jobs.exposition.folder import VARIABLE, bury, read, shared_folder, write
from jobs.exposition.names import HELP, HISTOGRAMS
from jobs.exposition.text import exposition
from jobs.models import Job
from jobs_project.local.ports import claim_port
from tests.jobs.conftest import Crew, until
from tests.probe.actors import Misbehave, Note


def sample(text: str, name: str, **labels: str) -> float | None:
    """Return the sum of the samples of a name that have these labels; None without any."""
    values = []
    for found in re.finditer(rf"^{name}(?:{{(.*)}})? (\S+)$", text, flags=re.MULTILINE):
        has = dict(re.findall(r'(\w+)="([^"]*)"', found[1] or ""))
        if labels.items() <= has.items():
            values.append(float(found[2]))
    return sum(values) if values else None


def count_and_write(place: Path) -> None:
    """Be another process that counts ten."""
    COUNTERS.count("jobs_refused_finishes", 10)
    write(place)


@given(spans=st.lists(st.floats(min_value=0, max_value=1e9), min_size=1))
def test_counters_survive_being_written_and_add_up(spans: list[float]) -> None:
    mine = Counters()
    for ms in spans:
        mine.count("jobs_runs", queue="q")
        mine.span("jobs_run_seconds", ms, queue="q")

    twice = load(mine.dump())
    twice.add(mine)

    numbers, found = twice.copy()
    assert list(numbers.values()) == [2 * len(spans)]
    assert [sum(of.buckets.values()) for of in found.values()] == [2 * len(spans)]
    assert [of.total_ms for of in found.values()] == [pytest.approx(2 * sum(spans))]


def test_an_ended_process_stays_in_the_sum_once(tmp_path: Path) -> None:
    pids = []
    for _ in range(3):
        process = multiprocessing.get_context("fork").Process(target=count_and_write, args=(tmp_path,))
        process.start()
        process.join()
        pids.append(int(process.pid or 0))

    def total() -> int:
        return int(sum(n for (name, _), n in read(tmp_path).copy()[0].items() if name == "jobs_refused_finishes"))

    each = total() // 3
    kept = (tmp_path / f"{pids[1]}.json").read_text()
    bury(tmp_path, pids[0])
    bury(tmp_path, pids[1])
    (tmp_path / f"{pids[1]}.json").write_text(kept)  # a reader between the two steps of the burial sees this

    assert total() == 3 * each
    bury(tmp_path, 999_999)  # one that has never written
    assert total() == 3 * each


def test_every_histogram_is_cumulative_and_every_name_explained() -> None:
    with shared_folder(wanted=True):
        for name in HELP:
            if name in HISTOGRAMS:
                COUNTERS.span(name, 5.0, view="none")
                COUNTERS.span(name, 1e8, view="none")
            else:
                COUNTERS.count(name, probe="yes")
        text = exposition().decode()

    assert VARIABLE not in os.environ
    assert all(f"# HELP {name}" in text for name in HELP)
    assert sample(text, "http_request_seconds_bucket", view="none", le="+Inf") == sample(
        text, "http_request_seconds_count", view="none"
    )
    assert sample(text, "http_request_seconds_bucket", view="none", le="0.0113906") < sample(  # type: ignore[operator]
        text, "http_request_seconds_bucket", view="none", le="+Inf"
    )


@pytest.mark.django_db
def test_metrics_need_their_token_and_tell_how_queues_stand(client: Client, redis: Any, settings: Any) -> None:
    settings.JOBS = {**settings.JOBS, "METRICS_TOKEN": "let-me-in"}
    job = enqueue(Misbehave(what="fail"))
    Job.objects.filter(pk=job.id).update(state="waiting")

    refused = client.get("/metrics", HTTP_AUTHORIZATION="Bearer wrong")
    text = client.get("/metrics", HTTP_AUTHORIZATION="Bearer let-me-in", HTTP_HOST="10.1.2.3").content.decode()

    assert (refused.status_code, client.get("/metrics").status_code) == (401, 401)
    assert sample(text, "jobs_up", part="database") == sample(text, "jobs_up", part="redis") == 1
    assert sample(text, "jobs_queue_jobs", queue="calculation", state="waiting") is not None
    assert sample(text, "jobs_queue_oldest_seconds", queue="calculation") is not None
    assert sample(text, "jobs_processes", standing="lost") == 0
    assert sample(text, "jobs_caretaker_leads") == 0
    assert sample(text, "jobs_redis_memory_bytes") > 0  # type: ignore[operator]
    assert sample(text, "jobs_enqueued_total", queue="calculation") >= 1  # type: ignore[operator]


@pytest.mark.django_db
def test_metrics_stay_closed_in_production_without_a_token(client: Client, settings: Any) -> None:
    settings.DEBUG = False

    assert client.get("/metrics").status_code == 401


@pytest.mark.django_db
def test_metrics_count_requests_by_route(client: Client) -> None:
    client.get("/no/such/page")
    client.get("/api/docs/")

    text = exposition().decode()

    assert sample(text, "http_requests_total", view="none", status="404") >= 1  # type: ignore[operator]
    assert sample(text, "http_requests_total", view="api/docs/", method="GET", status="401") >= 1  # type: ignore[operator]
    assert "no/such/page" not in text


@pytest.mark.django_db
def test_metrics_without_redis_say_so_and_count_rows(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    text = client.get("/metrics").content.decode()

    assert (sample(text, "jobs_up", part="redis"), sample(text, "jobs_up", part="database")) == (0, 1)
    assert sample(text, "jobs_queue_jobs", queue="calculation", state="waiting") == 0


@pytest.mark.django_db(transaction=True)
def test_a_supervisor_counts_for_its_workers_also_the_killed_ones(
    crew: Callable[..., Crew], child_environment: dict[str, str], tmp_path: Path
) -> None:
    port = claim_port()
    child_environment |= {"WORKER_ADDRESS": f"127.0.0.1:{port}"}

    def ask(name: str, **labels: str) -> float:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return sample(answer.read().decode(), name, **labels) or 0

    supervisor = crew("--processes", "1")
    enqueue_many([Note(ledger=f"{tmp_path}/ledger", key=str(n)) for n in range(20)])
    until(lambda: ask("jobs_runs_total", outcome="completed") == 20, what="twenty runs counted")
    os.kill(supervisor.worker_pids()[0], signal.SIGKILL)
    until(lambda: ask("jobs_worker_ends_total", code="-9") == 1, what="the end")

    assert ask("jobs_runs_total", outcome="completed") == 20
    assert ask("jobs_run_seconds_count", queue="calculation") == 20
    assert ask("jobs_wait_seconds_count", queue="calculation") == 20
    until(lambda: ask("jobs_caretaker_duties_total", duty="Alerts"), what="the caretaker's counters")
