"""The figures over HTTP."""

import pytest
from django.utils import timezone

from jobs.measure import Measure
from jobs.rows.dialect import wrapper
from jobs.rows.rollup import write_roll_ups
from tests.jobs.api.conftest import Caller

SHARD = "00000000-0000-7000-8000-00000000000a"


def test_figures_come_by_queue_window_and_actor_with_percentiles(caller: Caller) -> None:
    measure = Measure()
    measure.count("completed", waits=[100], runs=[1_000])
    at = timezone.now().replace(second=0, microsecond=0).timestamp()
    write_roll_ups(wrapper("default"), {(1, at, "reports", "generate-report"): measure}, shard=SHARD)

    answer = caller("view_job").get("/api/jobs/figures")

    assert answer.status_code == 200
    reports = answer.json()["figures"]["reports"]
    assert reports["oldestWaitingSeconds"] is None
    assert reports["windows"]["minute"]["completed"] == 1
    assert reports["windows"]["minute"]["waitAverageMs"] == 100
    assert reports["windows"]["hour"]["runP95Ms"] == pytest.approx(1_000, rel=0.5)
    assert list(reports["actors"]) == ["generate-report"]
    assert reports["windows"]["day"]["runP95Ms"] is None  # its hour's roll-up was not written


def test_figures_are_for_whoever_may_see_jobs(caller: Caller) -> None:
    assert caller().get("/api/jobs/figures").status_code == 403
