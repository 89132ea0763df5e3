"""How the demo counts what happened."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.models import Job
from jobs.states import State
from jobs_project.demo.place import Place
from jobs_project.demo.receipts import completed_batches, verified_events
from jobs_project.demo.tally import count_jobs
from jobs_project.demo.verdict import Verdict


def record(result: str, event_id: str, *, status: str = "COMPLETED") -> dict[str, Any]:
    event = {
        "type": "calc.batch.completed",
        "eventId": event_id,
        "data": {"batchId": f"of-{event_id}", "status": status},
    }
    return {"result": result, "event": event}


def write(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return path


def test_only_what_the_receiver_verified_counts(tmp_path: Path) -> None:
    log = write(tmp_path / "log", record("verified", "one"), {"result": "rejected", "reason": "signature"})

    assert [event["eventId"] for event in verified_events(log)] == ["one"]


def test_an_event_that_came_twice_counts_once(tmp_path: Path) -> None:
    log = write(tmp_path / "log", record("verified", "one"), record("verified", "one"), record("verified", "other"))

    assert len(verified_events(log)) == 2


def test_a_failed_batch_is_not_a_completed_one(tmp_path: Path) -> None:
    log = write(tmp_path / "log", record("verified", "one"), record("verified", "other", status="FAILED"))

    assert completed_batches(log) == {"of-one"}


def test_a_line_that_is_still_being_written_waits_for_the_next_look(tmp_path: Path) -> None:
    log = write(tmp_path / "log", record("verified", "one"))
    with log.open("a") as file:
        file.write('{"result": "ver')

    assert len(verified_events(log)) == 1


def test_before_the_first_webhook_there_is_no_log(tmp_path: Path) -> None:
    assert verified_events(tmp_path / "log") == []


@pytest.mark.django_db
def test_jobs_are_counted_by_queue_and_state_for_the_demo_s_tenants_only() -> None:
    for number, (tenant, state) in enumerate([("a", State.COMPLETED), ("b", State.WAITING), ("other", State.FAILED)]):
        Job.objects.create(queue="reports", job_id=f"job-{number}", actor="x", tenant=tenant, state=state)

    counts = count_jobs(["a", "b"])

    assert counts["reports"] == {"completed": 1, "waiting": 1}
    assert counts["ingestion"] == {}


def test_a_fresh_place_keeps_nothing_of_the_run_before(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.clear()
    for path in (place.reports / "old.pdf", place.database, place.received, place.log("web")):
        path.touch()

    place.clear()

    assert [path.name for path in tmp_path.iterdir()] == ["reports"]
    assert list(place.reports.iterdir()) == []


def test_a_verdict_is_one_line_that_says_ok_only_without_faults() -> None:
    good, bad = Verdict(items=1200), Verdict(items=3, faults=("too few",))

    assert json.loads(good.as_line()) == {
        "ok": True,
        "jobs": {},
        "items": 1200,
        "webhooks_verified": 0,
        "reports": [],
        "seconds": 0.0,
    }
    assert json.loads(bad.as_line())["ok"] is False
    assert "\n" not in bad.as_line()
