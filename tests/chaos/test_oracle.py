"""The oracle itself: it sees what it is there to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.chaos.ledger import Line
from tests.chaos.oracle import Evidence, Judgement, Row, judge


def line(event: str, *, at: float = 0.0, pid: int = 1, generation: int = 1) -> Line:
    return Line(event=event, key="a", at=at, pid=pid, attempt=1, generation=generation)


def row(state: str = "completed", *, attempts: int = 1, losses: int = 0, outcomes: Sequence[str] = ()) -> Row:
    return Row(key="a", state=state, attempts=attempts, losses=losses, outcomes=tuple(outcomes))


def judged(
    events: str,
    *rows: Row,
    crashes: Sequence[float] = (),
    transactional: bool = False,
    generations: Sequence[int] = (),
) -> Judgement:
    """Judge a run whose ledger holds one line for each letter, a second apart; `generations`: those of its starts."""
    ran = iter(generations or [1] * len(events))
    lines = [line(event, at=float(n), generation=next(ran) if event == "S" else 0) for n, event in enumerate(events)]
    counts = Counter(r.state for r in rows)
    keys = frozenset({"a"} if transactional else ())
    return judge(Evidence(lines=lines, rows=rows, counts=counts, crashes=crashes, transactional=keys))


def test_a_job_that_ran_once_is_in_order() -> None:
    assert judged("AESF", row()) == Judgement(enqueued=1)


def test_an_enqueued_job_without_a_row_is_lost() -> None:
    assert judged("AE").lost == ["a: 0 rows"]


def test_a_job_that_never_ends_is_lost() -> None:
    assert judged("AES", row("active")).lost


def test_a_row_that_nobody_committed_is_not_explained() -> None:
    assert judged("A", row("waiting", attempts=0)).unexplained == ["a: a job that nobody has enqueued"]


def test_completed_without_its_effect_is_not_explained() -> None:
    assert judged("AES", row()).unexplained == ["a: completed without its effect"]


def test_a_second_effect_without_a_lost_worker_is_not_explained() -> None:
    assert len(judged("AESFSF", row()).unexplained) == 2


def test_a_lost_worker_explains_a_second_effect() -> None:
    found = judged("AESFSF", row(attempts=2, losses=1, outcomes=["lost"]))

    assert (found.explained, found.unexplained) == (1, [])


def test_a_crash_explains_no_second_run_of_a_claim_that_the_row_remembers() -> None:
    assert judged("AESFSF", row(), crashes=[2.5], generations=[1, 2]).unexplained
    assert judged("AESFSF", row(), crashes=[4.5], generations=[1, 1]).unexplained


def test_a_crash_of_the_database_explains_a_run_begun_just_before_it() -> None:
    assert judged("AESFSF", row(), crashes=[2.5]).explained == 1
    assert judged("AESFSF", row(), crashes=[9.0]).unexplained
    assert judged("AESFSF", row(), crashes=[1.0]).unexplained


def test_an_attempt_that_no_row_tells_of_is_not_explained() -> None:
    assert judged("AESF", row(attempts=2)).unexplained == ["a: 2 attempts, 1 accounted for (())"]


def test_an_effect_in_the_table_is_there_exactly_once() -> None:
    assert judged("AES", row(), transactional=True).unexplained == ["a: completed with 0 effects in the table"]


def test_counts_that_have_drifted_are_not_explained() -> None:
    drifted = Evidence(lines=[line(e) for e in "AESF"], rows=[row()], counts={"completed": 2})

    assert judge(drifted).unexplained == ["1 jobs are completed, 2 are counted"]


def test_a_deleted_row_is_lost_unless_it_may_be_gone() -> None:
    lines = [line(event) for event in "AESF"]
    may_be_gone = Evidence(lines=lines, rows=[], counts={}, allowed={"a": frozenset({"gone"})})

    assert judge(may_be_gone).lost == []
    assert judge(Evidence(lines=lines, rows=[], counts={})).lost == ["a: 0 rows"]


def test_a_second_effect_is_in_order_after_an_operators_retry_and_a_third_is_not() -> None:
    rows, counts = [row(outcomes=["failed"])], {"completed": 1}
    once = Counter({"a": 1})

    twice = judge(Evidence(lines=[line(e) for e in "AESFSF"], rows=rows, counts=counts, retried=once))
    thrice = judge(Evidence(lines=[line(e) for e in "AESFSFSF"], rows=rows, counts=counts, retried=once))

    assert (twice.unexplained, len(thrice.unexplained)) == ([], 1)
