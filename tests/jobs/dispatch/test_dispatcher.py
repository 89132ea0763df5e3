"""The Lua scripts on a real Valkey: order, delay, limits, and every call that may come twice or late."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.entries import Entry, Exchange, Limits
from jobs.ids import new_id

ME, OTHER = "0" * 36, "1" * 36
Q = "calculation"


@pytest.fixture
def dispatch(redis: Any) -> Dispatcher:
    """Hand out a dispatcher on an empty, settled Redis."""
    dispatcher = Dispatcher(os.environ["REDIS_URL"])
    settle(dispatcher)
    return dispatcher


def settle(dispatcher: Dispatcher) -> None:
    dispatcher.settle(Q, [], epoch=dispatcher.stats([Q])[0].settling)


def entry(priority: int = 0, delay_ms: int = 0) -> Entry:
    return Entry(Q, new_id(), priority, delay_ms)


def take(dispatcher: Dispatcher, want: int = 10, *, process: str = ME, done: list[str] | None = None) -> list[str]:
    return dispatcher.exchange(process, [Exchange(Q, want, done or [])])[0].ids


def test_higher_priority_first_and_first_come_first_served_inside(dispatch: Dispatcher) -> None:
    entries = [entry(0), entry(0), entry(1_000), entry(5), entry(5), entry(0)]
    dispatch.add(entries)

    assert take(dispatch) == [entries[i].id for i in (2, 3, 4, 0, 1, 5)]


def test_an_id_that_is_anywhere_is_left_alone(dispatch: Dispatcher) -> None:
    waiting, delayed, active = entry(), entry(delay_ms=60_000), entry(1_000)
    dispatch.add([waiting, delayed, active])
    assert take(dispatch, 1) == [active.id]

    assert dispatch.add([waiting, delayed, active]) == 0


def test_replace_takes_an_id_from_where_it_is(dispatch: Dispatcher) -> None:
    job = entry(delay_ms=60_000)
    dispatch.add([job])

    dispatch.add([Entry(Q, job.id, 7)], replace=True)

    assert take(dispatch) == [job.id]


def test_a_delayed_id_is_promoted_when_due_in_its_priority(dispatch: Dispatcher) -> None:
    late, plain = entry(500, delay_ms=30), entry(0)
    dispatch.add([late, plain])
    answer = dispatch.exchange(ME, [Exchange(Q, 0)])[0]
    assert answer.due_in_ms is not None
    assert answer.due_in_ms <= 30

    time.sleep(0.04)

    assert take(dispatch) == [late.id, plain.id]


def test_only_its_own_process_acknowledges(dispatch: Dispatcher) -> None:
    job = entry()
    dispatch.add([job])
    take(dispatch)

    take(dispatch, 0, process=OTHER, done=[job.id])
    assert job.id in dispatch.active(Q)

    take(dispatch, 0, done=[job.id])
    assert dispatch.active(Q) == {}


def test_an_acknowledgement_may_come_twice(dispatch: Dispatcher) -> None:
    job = entry()
    dispatch.add([job])
    take(dispatch)

    for _ in range(2):
        take(dispatch, 0, done=[job.id])

    assert dispatch.stats([Q])[0].active == 0


def test_a_lost_answer_is_given_back_by_the_beat_to_its_old_place(dispatch: Dispatcher) -> None:
    entries = [entry(9), entry(), entry()]
    dispatch.add(entries)
    taken = take(dispatch, 2)

    assert dispatch.beat(ME, Q, held=[taken[1]], claimed=[]) == [taken[0]]

    assert take(dispatch, 2, process=OTHER) == [entries[0].id, entries[2].id]


def test_the_beat_enters_what_a_process_runs_and_redis_has_forgotten(dispatch: Dispatcher, redis: Any) -> None:
    job = entry()
    redis.flushdb()
    settle(dispatch)

    dispatch.beat(ME, Q, held=[job.id], claimed=[(job.id, 0)])

    assert list(dispatch.active(Q)) == [job.id]


def test_given_back_ids_return_to_ready_or_wait(dispatch: Dispatcher) -> None:
    first, second = entry(3), entry()
    dispatch.add([first, second])
    take(dispatch)

    assert dispatch.release(ME, Q, [(first.id, 0), (second.id, 60_000)]) == 2

    stats = dispatch.stats([Q])[0]
    assert (stats.waiting, stats.delayed, stats.active) == (1, 1, 0)


def test_nobody_gives_back_what_another_process_has(dispatch: Dispatcher) -> None:
    job = entry()
    dispatch.add([job])
    take(dispatch)

    assert dispatch.release(OTHER, Q, [(job.id, 0)]) == 0
    assert dispatch.release(OTHER, Q) == 0


def test_a_paused_queue_hands_out_nothing(dispatch: Dispatcher) -> None:
    job = entry()
    dispatch.add([job])
    dispatch.configure(Q, Limits(paused=True))
    assert take(dispatch) == []

    dispatch.configure(Q, Limits())

    assert take(dispatch) == [job.id]


def test_never_more_than_max_starts_in_any_window(dispatch: Dispatcher) -> None:
    dispatch.configure(Q, Limits(max_starts=3, window_ms=200))
    dispatch.add([entry() for _ in range(20)])
    starts: list[tuple[float, float]] = []
    end = time.monotonic() + 1.0

    while (before := time.monotonic()) < end:
        number = len(take(dispatch))
        starts += [(before, time.monotonic())] * number

    # Redis counted each start, in whole milliseconds, between the question and its answer
    assert len(starts) >= 12
    assert all(later[1] - earlier[0] > 0.198 for earlier, later in zip(starts, starts[3:], strict=False))


def test_no_more_than_max_active_at_a_time(dispatch: Dispatcher) -> None:
    dispatch.configure(Q, Limits(max_active=2))
    dispatch.add([entry() for _ in range(5)])

    taken = take(dispatch)

    assert len(taken) == 2
    assert take(dispatch, process=OTHER) == []
    assert len(take(dispatch, done=taken)) == 2


def test_a_probe_tells_what_is_absent_and_what_waits_too_long(dispatch: Dispatcher) -> None:
    here, late, gone = entry(), entry(delay_ms=60_000), entry()
    dispatch.add([here, late])

    placement = dispatch.probe(Q, [(here.id, 0), (late.id, 0), (gone.id, 0)])

    assert (placement.absent, placement.misplaced) == ([gone.id], [late.id])


def test_a_new_redis_hands_out_nothing_until_it_is_settled(dispatch: Dispatcher, redis: Any) -> None:
    running, waiting = entry(), entry()
    redis.flushdb()
    dispatch.add([running, waiting])
    assert take(dispatch) == []

    dispatch.settle(Q, [(running.id, OTHER, 0)], epoch=dispatch.stats([Q])[0].settling)

    assert take(dispatch) == [waiting.id]


def test_settling_is_lifted_only_for_the_epoch_that_was_seen(dispatch: Dispatcher, redis: Any) -> None:
    redis.flushdb()
    assert dispatch.stats([Q])[0].settling

    assert not dispatch.settle(Q, [], epoch="another")


def test_unknown_scripts_are_loaded_again(dispatch: Dispatcher, redis: Any) -> None:
    redis.script_flush()

    assert dispatch.add([entry()]) == 1


def test_removed_ids_are_gone_and_active_ones_stay(dispatch: Dispatcher) -> None:
    active, waiting, delayed = entry(9), entry(), entry(delay_ms=60_000)
    dispatch.add([active, waiting, delayed])
    take(dispatch, 1)

    assert dispatch.remove(Q, [active.id, waiting.id, delayed.id]) == 2
    assert list(dispatch.active(Q)) == [active.id]
