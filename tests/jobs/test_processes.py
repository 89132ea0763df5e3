"""Workers as real processes: killed, stopped, replaced. Nothing is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs import enqueue
from jobs.models import Attempt, Job, Process
from tests.jobs.conftest import Crew, until
from tests.probe.actors import Misbehave, Note, Stubborn, read

Start = Callable[..., Crew]
pytestmark = pytest.mark.django_db(transaction=True)


def note(tmp_path: Path, key: str, ms: int = 0) -> Note:
    return Note(ledger=f"{tmp_path}/ledger", key=key, ms=ms)


def started(tmp_path: Path) -> list[dict[str, Any]]:
    return [line for line in read(f"{tmp_path}/ledger") if line["event"] == "S"]


def test_a_job_runs_in_a_worker_process(crew: Start, tmp_path: Path) -> None:
    job = enqueue(note(tmp_path, "a"))
    crew("--processes", "1")

    assert job.wait_until_finished(60) == {"key": "a"}
    assert "[Calculation Worker] Completed: " + job.job_id in (tmp_path / "workers.log").read_text()


def test_a_killed_worker_loses_nothing_and_its_job_runs_again_at_once(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1")
    job = enqueue(note(tmp_path, "a", ms=1_500))
    first = until(lambda: started(tmp_path))[0]

    os.kill(first["pid"], signal.SIGKILL)
    job.wait_until_finished(60)

    runs = started(tmp_path)
    assert len(runs) == 2
    assert runs[1]["pid"] != first["pid"]
    assert list(Attempt.objects.values_list("number", "outcome")) == [(1, "lost")]
    assert Job.objects.get(pk=job.id).losses == 1
    assert one.popen.poll() is None


def test_a_job_that_kills_its_process_becomes_a_dead_letter(crew: Start, tmp_path: Path) -> None:
    poison = enqueue(Misbehave(what="die"))
    crew("--processes", "1")
    neighbour = enqueue(note(tmp_path, "a"))

    until(lambda: poison.refresh().state == "failed", seconds=60, what="the poison job's end")
    neighbour.wait_until_finished(60)

    assert poison.row.error_type == "WorkerLost"
    assert poison.row.losses == 4


def test_sigterm_lets_a_running_job_end(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1")
    job = enqueue(note(tmp_path, "a", ms=1_000))
    until(lambda: started(tmp_path))

    assert one.stop() == 0

    assert job.refresh().state == "completed"
    assert len(started(tmp_path)) == 1


def test_sigterm_past_the_grace_hands_back_without_charging_the_attempt(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1", "--worker-shutdown-timeout", "200")
    job = enqueue(note(tmp_path, "a", ms=20_000))
    until(lambda: started(tmp_path))

    assert one.stop() == 0

    assert (job.refresh().state, job.attempts_made) == ("waiting", 0)
    assert Attempt.objects.get().outcome == "released"


def test_a_second_sigterm_ends_the_grace(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1", "--worker-shutdown-timeout", "60000")
    job = enqueue(note(tmp_path, "a", ms=40_000))
    until(lambda: started(tmp_path))

    one.popen.send_signal(signal.SIGTERM)
    until(lambda: "Shutting down" in (tmp_path / "workers.log").read_text())
    one.stop(seconds=20)

    assert (job.refresh().state, job.attempts_made) == ("waiting", 0)


def test_workers_stop_when_their_supervisor_is_killed(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1")
    pids = until(one.worker_pids)
    enqueue(note(tmp_path, "a")).wait_until_finished(60)

    one.popen.kill()
    one.popen.wait()

    until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids), what="the children's end")


def test_a_wiped_redis_heals_by_itself(crew: Start, tmp_path: Path, redis: Any) -> None:
    jobs = [enqueue(note(tmp_path, str(n), ms=20)) for n in range(60)]
    crew("--processes", "1")
    until(lambda: len(started(tmp_path)) > 5)

    redis.flushdb()

    until(lambda: Job.objects.filter(state="completed").count() == 60, seconds=30, what="all jobs")
    assert len(started(tmp_path)) == len(jobs)


def test_a_stopped_crew_leaves_no_process_that_could_claim(crew: Start, tmp_path: Path) -> None:
    one = crew("--processes", "1")
    one.stop()

    assert not Process.objects.filter(fenced_at=None).exists()


def test_a_job_past_its_soft_limit_is_interrupted_and_past_its_hard_limit_killed(crew: Start, tmp_path: Path) -> None:
    job = enqueue(Stubborn(ms=600_000, ledger=f"{tmp_path}/ledger"))
    crew("--processes", "1")

    until(lambda: Attempt.objects.filter(outcome="lost").exists(), seconds=40, what="the kill")

    assert "hard time limit" in (tmp_path / "workers.log").read_text()
    assert job.refresh().row.losses >= 1


def test_a_stopped_worker_is_killed_and_its_job_runs_elsewhere(crew: Start, tmp_path: Path) -> None:
    crew("--processes", "1")
    job = enqueue(note(tmp_path, "a", ms=1_500))
    first = until(lambda: started(tmp_path))[0]

    os.kill(first["pid"], signal.SIGSTOP)

    job.wait_until_finished(60)
    assert started(tmp_path)[1]["pid"] != first["pid"]
