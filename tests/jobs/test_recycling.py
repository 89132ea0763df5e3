"""Worker processes that have run enough or hold too much are replaced while work goes on; no job notices."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import enqueue, enqueue_many
from jobs.models import Attempt, Job
from tests.jobs.conftest import Crew, until
from tests.probe.actors import Note, read

Start = Callable[..., Crew]
pytestmark = pytest.mark.django_db(transaction=True)


def notes(tmp_path: Path, count: int, ms: int = 0) -> list[Note]:
    return [Note(ledger=f"{tmp_path}/ledger", key=f"{ms}-{n}", ms=ms) for n in range(count)]


def pids_of(tmp_path: Path, event: str) -> dict[str, int]:
    return {line["key"]: line["pid"] for line in read(f"{tmp_path}/ledger") if line["event"] == event}


def test_a_process_that_has_run_its_jobs_is_replaced_and_nothing_runs_twice(crew: Start, tmp_path: Path) -> None:
    crew("--processes", "1", "--max-jobs", "10")

    enqueue_many(notes(tmp_path, 30))
    until(lambda: Job.objects.filter(state="completed").count() == 30, what="the first jobs")
    until(lambda: "has taken over" in (tmp_path / "workers.log").read_text(), what="the replacement")
    enqueue_many(notes(tmp_path, 30, ms=1))
    until(lambda: Job.objects.filter(state="completed").count() == 60, what="the other jobs")

    assert len(set(pids_of(tmp_path, "F").values())) > 1
    assert len([line for line in read(f"{tmp_path}/ledger") if line["event"] == "S"]) == 60
    assert not Attempt.objects.exists()
    assert set(Job.objects.values_list("attempts", "losses")) == {(1, 0)}


def test_a_running_job_ends_in_the_old_process_while_the_new_one_works(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1", "--max-jobs", "1")
    long = enqueue(Note(ledger=f"{tmp_path}/ledger", key="long", ms=8_000))
    until(lambda: "long" in pids_of(tmp_path, "S"))

    enqueue(Note(ledger=f"{tmp_path}/ledger", key="reaches the limit")).wait_until_finished(30)
    until(lambda: "has taken over" in (tmp_path / "workers.log").read_text(), what="the replacement")
    enqueue(Note(ledger=f"{tmp_path}/ledger", key="next")).wait_until_finished(30)
    still_running = "long" not in pids_of(tmp_path, "F")
    long.wait_until_finished(30)

    ended = pids_of(tmp_path, "F")
    assert still_running
    assert ended["next"] != ended["long"] == pids_of(tmp_path, "S")["long"]
    assert (long.refresh().attempts_made, Attempt.objects.count()) == (1, 0)
    assert one.stop() == 0


def test_a_process_that_holds_too_much_is_replaced(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1", "--max-memory", "1")
    first = until(one.worker_pids)[0]

    until(lambda: one.worker_pids() and first not in one.worker_pids(), seconds=40, what="the old process's end")
    enqueue(notes(tmp_path, 1)[0]).wait_until_finished(30)

    assert " MiB" in (tmp_path / "workers.log").read_text()
    assert one.stop() == 0


def test_a_crew_stops_in_order_while_a_process_is_being_replaced(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1", "--max-jobs", "1", "--worker-shutdown-timeout", "200")
    long = enqueue(Note(ledger=f"{tmp_path}/ledger", key="long", ms=30_000))
    enqueue(Note(ledger=f"{tmp_path}/ledger", key="reaches the limit")).wait_until_finished(30)
    until(lambda: "is replaced: it has run" in (tmp_path / "workers.log").read_text(), what="the replacement")

    assert one.stop(signal.SIGTERM) == 0

    assert (long.refresh().state, long.attempts_made) == ("waiting", 0)
    assert one.worker_pids() == []


def test_a_limit_must_be_a_number_above_zero(crew: Start, tmp_path: Path, child_environment: dict[str, str]) -> None:
    one = Crew(child_environment, tmp_path / "workers.log", "--max-jobs", "0")

    assert one.popen.wait(30) != 0
    assert "'0' is not a whole number above 0" in (tmp_path / "workers.log").read_text()
