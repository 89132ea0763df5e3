"""Groups in Redis: round-robin, limits of each, and nothing left of those that are empty."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.entries import Entry, Exchange, Share
from jobs.ids import new_id
from tests.jobs.conftest import until
from tests.jobs.dispatch.test_dispatcher import ME, OTHER, Q, settle

DAY_MS = 86_400_000


@pytest.fixture
def dispatch(redis: Any) -> Dispatcher:
    """Hand out a dispatcher on an empty, settled Redis."""
    dispatcher = Dispatcher(os.environ["REDIS_URL"])
    settle(dispatcher)
    return dispatcher


class Book:
    """Enqueues jobs of groups and remembers whose they are."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.entries: dict[str, Entry] = {}

    def add(self, groups: str, **fields: Any) -> list[str]:
        """Enqueue a job for each letter, `-` for one without a group; return the ids."""
        made = [Entry(Q, new_id(), fields.get("priority", 0), fields.get("delay_ms", 0), g.strip("-")) for g in groups]
        self.entries |= {entry.id: entry for entry in made}
        self.dispatcher.add(made)
        return [entry.id for entry in made]

    def take(self, want: int = 10, *, process: str = ME, done: list[str] | None = None) -> list[str]:
        """Take ids."""
        return self.dispatcher.exchange(process, [Exchange(Q, want, done or [])])[0].ids

    def groups(self, ids: list[str]) -> str:
        """Return whose jobs these are."""
        return "".join(self.entries[id_].group or "-" for id_ in ids)


@pytest.fixture
def book(dispatch: Dispatcher) -> Book:
    """Hand out an empty book."""
    return Book(dispatch)


def test_fair_groups_take_turns_however_much_one_has(book: Book) -> None:
    book.add("aaaaaaaaaaaa" + "bbb" + "c")

    assert book.groups(book.take(7)) == "abcabab"
    assert book.groups(book.take(99)) == "a" * 9


def test_fair_turns_go_on_over_exchanges_and_processes(book: Book) -> None:
    book.add("aaaa" + "bbbb")

    taken = [book.take(1, process=process)[0] for process in (ME, OTHER, ME, OTHER, ME, OTHER)]

    assert book.groups(taken) == "ababab"


def test_a_group_that_arrives_late_does_not_wait_for_what_others_have(book: Book) -> None:
    book.add("a" * 3_000)
    book.take(20)

    book.add("bb")

    assert "b" in book.groups(book.take(2))


def test_inside_a_group_priority_goes_first_then_age(book: Book) -> None:
    old = book.add("aaa")
    urgent = book.add("a", priority=5)

    taken = book.take(4)

    assert taken[0] == old[0], "it was the group's head already"
    assert taken[1:] == [*urgent, *old[1:]]


def test_a_group_runs_no_more_than_its_share_and_goes_on_when_one_ends(book: Book) -> None:
    book.dispatcher.share(Q, {"": Share(max_active=2), "b": Share(max_active=1)})
    book.add("aaaa" + "bbb" + "-")

    first = book.take(10)
    second = book.take(10, done=[next(id_ for id_ in first if book.groups([id_]) == "b")])

    assert Counter(book.groups(first)) == {"a": 2, "b": 1, "-": 1}
    assert book.groups(second) == "b"
    assert book.take(10) == []


def test_a_raised_share_of_a_group_takes_effect_at_once(book: Book) -> None:
    book.dispatcher.share(Q, {"": Share(max_active=1)})
    book.add("aaa")
    book.take(10)

    book.dispatcher.share(Q, {"": Share(max_active=1), "a": Share(max_active=2)})

    assert book.groups(book.take(10)) == "a"


def test_a_group_starts_no_faster_than_its_rate_and_says_when_to_ask_again(book: Book) -> None:
    book.dispatcher.share(Q, {"a": Share(max_starts=2, window_ms=300)})
    book.add("aaaa" + "bbb")

    answer = book.dispatcher.exchange(ME, [Exchange(Q, 10)])[0]
    later = until(lambda: book.take(10), seconds=5)

    assert Counter(book.groups(answer.ids)) == {"a": 2, "b": 3}
    assert answer.due_in_ms is not None
    assert 0 < answer.due_in_ms <= 301
    assert set(book.groups(later)) == {"a"}


def test_empty_groups_cost_nothing(book: Book, redis: Any) -> None:
    book.dispatcher.share(Q, {})
    ids = book.add("".join(chr(0x4E00 + n) for n in range(500)), delay_ms=0)

    taken = book.take(500)
    book.take(0, done=taken)

    assert sorted(taken) == sorted(ids)
    left = {key.decode().rsplit(":", 1)[1] for key in redis.scan_iter("jobs:{calculation}:*")}
    assert left <= {"epoch", "heads", "marker"}
    assert redis.hlen("jobs:{calculation}:heads") <= 1  # the latest turn


@pytest.mark.parametrize("way", ["release", "beat", "drop", "delayed"])
def test_a_job_of_a_group_that_comes_back_is_its_groups_again(book: Book, way: str) -> None:
    book.dispatcher.share(Q, {"": Share(max_active=1)})
    book.add("aa")
    (taken,) = book.take(10)

    if way == "release":
        book.dispatcher.release(ME, Q, [(taken, 0)])
    elif way == "beat":
        book.dispatcher.beat(ME, Q, held=[], claimed=[])
    elif way == "drop":
        book.dispatcher.drop(Q, [(taken, book.dispatcher.active(Q)[taken], True)])
    else:
        book.dispatcher.release(ME, Q, [(taken, DAY_MS)])

    assert book.dispatcher.group(Q, "a") == (1 if way == "delayed" else 2, 0)
    assert len(book.take(10)) == 1
    assert book.take(10) == []


def test_a_removed_head_lets_the_group_go_on(book: Book) -> None:
    ids = book.add("aaa")

    removed = book.dispatcher.remove(Q, [ids[0], ids[2]])

    assert removed == 2
    assert book.take(10) == [ids[1]]


def test_a_moved_job_stays_in_its_group(book: Book) -> None:
    book.dispatcher.share(Q, {"": Share(max_active=1)})
    ids = book.add("aaa")

    book.dispatcher.move([Entry(Q, ids[2], 9), Entry(Q, ids[0], 0, DAY_MS)])

    assert book.take(10) == [ids[2]]
    assert book.take(10, done=[ids[2]]) == [ids[1]]
    assert book.take(10, done=[ids[1]]) == []


def test_a_delayed_job_of_a_group_counts_as_its_groups_when_it_is_due(book: Book) -> None:
    book.dispatcher.share(Q, {"": Share(max_active=1)})
    book.add("a")
    book.add("aa", delay_ms=30)

    first = book.take(10)
    until(lambda: book.dispatcher.stats([Q])[0].delayed == 0, seconds=5)

    assert len(first) == 1
    assert book.take(10) == []
    assert len(book.take(10, done=first)) == 1


def test_the_patrol_finds_jobs_of_groups_where_they_are_and_heals_a_group_without_a_head(
    book: Book, redis: Any
) -> None:
    ids = book.add("aaa")
    settled = book.dispatcher.probe(Q, [(id_, 0) for id_ in ids])
    redis.zrem("jobs:{calculation}:ready", ids[0])

    lost = book.dispatcher.probe(Q, [(id_, 0) for id_ in ids])

    assert settled.absent == []
    assert lost.absent == [ids[0]]
    assert book.dispatcher.add([book.entries[id_] for id_ in lost.absent]) == 1
    assert sorted(book.take(10)) == sorted(ids)


def test_an_entry_of_a_group_is_there_once_however_often_it_is_added(book: Book) -> None:
    ids = book.add("aa")

    again = book.dispatcher.add([book.entries[id_] for id_ in ids])
    replaced = book.dispatcher.add([book.entries[ids[1]]], replace=True)

    assert (again, replaced) == (0, 1)
    assert book.take(10) == ids
    assert book.dispatcher.group(Q, "a") == (0, 2)


def test_the_count_of_a_group_cannot_drift(book: Book, redis: Any) -> None:
    book.dispatcher.share(Q, {"": Share(max_active=1)})
    book.add("aa")
    (taken,) = book.take(10)
    redis.hdel("jobs:{calculation}:active", taken)  # as if its end had got lost
    book.dispatcher.probe(Q, [(id_, 0) for id_ in book.entries])

    assert len(book.take(10)) == 1


def test_groups_are_counted_waiting_settled_and_purged_with_their_queue(book: Book) -> None:
    book.dispatcher.share(Q, {"": Share(max_active=1)})
    ids = book.add("aaa" + "b")
    (first, *_) = book.take(1)
    stats = book.dispatcher.stats([Q])[0]
    book.dispatcher.settle(Q, [(ids[1], OTHER, 0)], epoch="", groups={ids[1]: "a"})

    assert (stats.waiting, stats.active) == (3, 1)
    assert book.dispatcher.group(Q, "a") == (1, 2)
    assert book.groups(book.take(10)) == "b"
    assert book.dispatcher.purge(Q) == 0
    assert book.dispatcher.group(Q, "a")[0] == 0
    assert first == ids[0]
