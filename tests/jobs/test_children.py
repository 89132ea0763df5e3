"""When a supervisor takes a child for hung: by the signs of life that its threads leave, and not by the clock alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from jobs.ids import new_id
from jobs.worker.child import Child
from jobs.worker.pulse import Pulse


@pytest.fixture
def child() -> Iterator[Child]:
    """Hand out a child that does nothing: the test moves its counters."""
    popen = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    one = Child(new_id(), popen, Pulse())
    yield one
    one.close()
    popen.wait()


def watch(child: Child, seconds: int, *, io: bool, recorder: bool, every_s: int = 1) -> str:
    """Look at the child for so long while its threads move or stand still; return the last verdict."""
    verdict = ""
    for tick in range(0, seconds, every_s):
        if io:
            child.pulse.io_lives(child.pulse.counters()[0] + 1, ran=0)
        if recorder:
            child.pulse.recorder_lives(child.pulse.counters()[1] + 1)
        verdict = child.overdue(child._looked_at + every_s if tick else child._looked_at)
    return verdict


def runs_something(child: Child) -> None:
    child.pulse.start(0, limit_s=time.monotonic() + 10_000)


def test_a_child_whose_threads_move_lives(child: Child) -> None:
    assert watch(child, 100, io=True, recorder=True) == ""


@pytest.mark.parametrize(
    ("io", "recorder", "reason"),
    [(True, False, "its recorder has hung for 30 s"), (False, True, "its I/O thread has hung for 30 s")],
)
def test_a_thread_that_hangs_is_noticed_though_jobs_run(child: Child, io: bool, recorder: bool, reason: str) -> None:
    runs_something(child)
    watch(child, 1, io=True, recorder=True)

    assert watch(child, 25, io=io, recorder=recorder) == ""
    assert watch(child, 10, io=io, recorder=recorder) == reason


def test_an_idle_child_of_which_nothing_moves_is_hung(child: Child) -> None:
    watch(child, 1, io=True, recorder=True)

    assert watch(child, 40, io=False, recorder=False) == "it has shown no life for 30 s"


def test_a_child_may_take_its_time_to_start(child: Child) -> None:
    assert watch(child, 100, io=False, recorder=False) == ""
    assert watch(child, 40, io=False, recorder=False) == "it has not started within 120 s"


def test_a_job_that_holds_the_gil_may_do_so_until_its_limit(child: Child) -> None:
    runs_something(child)
    watch(child, 1, io=True, recorder=True)

    assert watch(child, 100, io=False, recorder=False) == ""
    assert watch(child, 2, io=True, recorder=False) == ""  # freed: one thread is first
    assert watch(child, 100, io=False, recorder=False) == ""


def test_a_supervisor_that_was_suspended_blames_nobody(child: Child) -> None:
    watch(child, 2, io=True, recorder=False)

    assert watch(child, 7_200, io=False, recorder=False, every_s=3_600) == ""
