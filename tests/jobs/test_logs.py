"""Log lines of jobs: by the job itself and from Python's logging, capped."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.test import override_settings

from jobs import enqueue
from jobs.models import JobLog
from jobs.testing import drain
from tests.probe.actors import Chatter

pytestmark = pytest.mark.django_db(transaction=True)


def lines() -> list[tuple[int, str]]:
    return list(JobLog.objects.values_list("attempt", "line"))


def test_what_a_job_logs_is_kept_with_it_and_the_engine_s_own_is_not(workers: None) -> None:
    job = enqueue(Chatter(lines=2))

    job.wait_until_finished(60)

    assert lines() == [
        (1, "WARNING tests.probe: line 0 of attempt 1"),
        (1, "WARNING tests.probe: line 1 of attempt 1"),
        (1, "said by the job"),
    ]
    assert {str(pk) for pk in JobLog.objects.values_list("job_id", flat=True)} == {job.id}


def test_log_lines_are_kept_by_attempt_with_their_traceback(jobs_without_redis: None) -> None:
    enqueue(Chatter(fail=True), attempts=2)

    drain(delayed=True)

    kept = lines()
    assert [attempt for attempt, _ in kept] == [1, 1, 1, 2, 2, 2]
    assert kept[3][1].endswith("line 0 of attempt 2")
    assert "ValueError: invalid literal" in kept[2][1]


@override_settings(JOBS={**settings.JOBS, "MAX_LOG_LINES": 3})
def test_a_run_keeps_only_so_many_log_lines(jobs_without_redis: None) -> None:
    enqueue(Chatter(lines=50))

    drain()

    kept = [line for _, line in lines()]
    assert len(kept) == 4
    assert kept[3] == "… a run keeps 3 lines; what follows is not kept"


def test_logging_outside_a_job_keeps_no_line(db: None, jobs_without_redis: None) -> None:
    logging.getLogger("tests.probe").warning("nobody's")

    assert lines() == []
