"""The rule by which the comparison counts, on ledgers written by hand."""

from __future__ import annotations

from tests.chaos.ledger import Line
from tests.chaos.peers.judgement import judge


def line(event: str, key: str, *, at: float = 0.0, pid: int = 0) -> Line:
    return Line(event=event, key=key, at=at, pid=pid, attempt=1)


def test_a_job_without_an_effect_is_lost() -> None:
    found = judge([line("E", "a"), line("E", "b"), line("S", "b"), line("F", "a")], [])

    assert (found.enqueued, found.lost) == (2, 1)


def test_a_second_effect_after_the_death_of_its_process_is_explained() -> None:
    lines = [line("E", "a"), line("F", "a", at=1.0, pid=7), line("F", "a", at=9.0, pid=8)]

    assert judge(lines, [(7, 2.0)]).explained == 1


def test_a_second_effect_is_unexplained_if_its_process_lives_or_died_before() -> None:
    lines = [line("E", "a"), line("F", "a", at=1.0, pid=7), line("F", "a", at=9.0, pid=8)]

    assert judge(lines, []).unexplained == 1
    assert judge(lines, [(7, 0.5), (8, 10.0)]).unexplained == 1
