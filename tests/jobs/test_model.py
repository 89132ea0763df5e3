"""The engine against a model of its table of states: random verbs, steps and losses on real rows and a real Redis.

`MODEL_STEPS=10000` makes the run as long as that, with other choices each time; it prints how to repeat a failure.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.jobs.model.machine import Jobs

STEPS_A_RUN = 50
LONG = "MODEL_STEPS" in os.environ
STEPS = int(os.environ.get("MODEL_STEPS", "2000"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(max(120, STEPS // 10))]


def test_whatever_happens_rows_move_by_the_table_and_nothing_is_lost(
    redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, logger="jobs")  # thousands of lines would hide the steps that failed

    run_state_machine_as_test(
        Jobs,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_A_RUN),
            stateful_step_count=STEPS_A_RUN,
            deadline=None,
            derandomize=not LONG,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],  # a failure is told at once
        ),
    )
