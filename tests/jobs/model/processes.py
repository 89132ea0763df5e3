"""What enqueues and works: each step of each process, in any order."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from jobs.draft import draft
from jobs.models import Attempt, Job, Process, QueueConfig, QueueCount
from jobs.outcome import Outcome
from jobs.rows.complete import complete
from jobs.rows.unfinished import START, Page
from jobs.services import dispatching
from jobs.services.enqueue import enqueue
from jobs.services.settle import settle
from jobs.states import State
from tests.jobs.model.book import Book, Twin
from tests.jobs.model.hand import Hand

QUEUES = ("calculation", "reports")
HOUR_MS = 3_600_000
HANDS = 3

endings = {
    "complete": {"state": State.COMPLETED, "result": "1"},
    "fail": {"state": State.FAILED, "attempt_outcome": "failed"},
    "retry": {"state": State.DELAYED, "attempt_outcome": "retry", "delay_ms": HOUR_MS},
    "retry at once": {"state": State.DELAYED, "attempt_outcome": "retry"},
    "snooze": {"state": State.DELAYED, "attempt_outcome": "snoozed", "refund": True, "delay_ms": HOUR_MS},
    "release": {"state": State.WAITING, "attempt_outcome": "released", "refund": True},
    "cancelled": {"state": State.CANCELLED, "attempt_outcome": "cancelled"},
}
any_number = st.integers(0, 30)
seldom = st.integers(0, 5).map(lambda number: number == 5)
a_queue = st.sampled_from(QUEUES)


class Processes(RuleBasedStateMachine):
    """An empty database, an empty Redis, and a few processes that do their work in any order."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Attempt, Job, Process, QueueConfig, QueueCount):
            model.objects.all()._raw_delete("default")
        dispatching.dispatcher().client.flushdb()
        self.book = Book()
        self.hands: list[Hand] = []
        self.lost: list[str] = []
        self.seen: dict[str, tuple[State, int]] = {}
        self.page, self.cursor = Page([], None), START
        self.sweeps: dict[str, dict[str, str]] = {}
        self._staff()
        self.settle()
        self.enqueue(QUEUES[0], None, 0, 0, 2, rolled_back=False)

    def _staff(self) -> None:
        """Keep a few processes that may claim, and some fenced ones that have not noticed yet."""
        fenced = [hand for hand in self.hands if hand.id not in self.book.claimers]
        for hand in fenced[:-HANDS]:
            self._lose(hand)
        while sum(hand.id in self.book.claimers for hand in self.hands) < HANDS:
            self._new_hand()

    def _lose(self, hand: Hand) -> None:
        self.hands.remove(hand)
        self.lost.append(hand.id)

    def _new_hand(self) -> Hand:
        hand = Hand()
        hand.enter()
        self.hands.append(hand)
        self.book.claimers[hand.id] = True
        return hand

    def _job(self, number: int) -> Twin:
        return list(self.book.jobs.values())[number % len(self.book.jobs)]

    def _hand(self, number: int, having: str = "id") -> Hand:
        """Choose a process, if possible one that has something of a kind."""
        fit = [hand for hand in self.hands if getattr(hand, having)] or self.hands
        return fit[number % len(fit)]

    # -- enqueueing ----------------------------------------------------------------------------------------

    @rule(
        queue=a_queue,
        job_id=st.sampled_from([None, None, None, "a", "b"]),
        delay=st.sampled_from([0, 0, 0, HOUR_MS]),
        priority=st.sampled_from([0, 0, 7]),
        count=st.integers(1, 3),
        rolled_back=seldom,
    )
    def enqueue(
        self, queue: str, job_id: str | None, delay: int, priority: int, count: int, *, rolled_back: bool
    ) -> None:
        """Enqueue, or take it back."""
        options = {"queue": queue, "actor": "model", "payload": {}, "priority": priority, "delay": delay}
        drafts = [draft(**options, job_id=job_id if i == 0 else None) for i in range(count)]  # type: ignore[arg-type]
        with transaction.atomic():
            placed = enqueue(drafts)
            transaction.set_rollback(rolled_back)
        for place in placed:
            if not rolled_back:
                assert self.book.enqueue(place.draft).id == place.id
                assert place.created == (place.id == place.draft.id)

    # -- the steps of a process ----------------------------------------------------------------------------

    @rule(number=any_number, queue=a_queue, want=st.integers(0, 3), answer_lost=seldom)
    def exchange(self, number: int, queue: str, want: int, *, answer_lost: bool) -> None:
        """Acknowledge and take."""
        self._hand(number).exchange(queue, want, answer_lost=answer_lost)

    @rule(number=any_number, answer_lost=seldom)
    def claim(self, number: int, *, answer_lost: bool) -> None:
        """Claim what was taken."""
        self._claim(self._hand(number, "held"), answer_lost=answer_lost)

    def _claim(self, hand: Hand, *, answer_lost: bool = False) -> None:
        ids = hand.unclaimed()
        claimed = hand.claim(ids, answer_lost=answer_lost)
        assert [(job.id, job.generation) for job in claimed] == self.book.claim(ids, hand.id)

    @rule(number=any_number, queue=a_queue, want=st.integers(1, 3))
    def take_and_start(self, number: int, queue: str, want: int) -> None:
        """Do what a process does when nothing comes between."""
        hand = self._hand(number)
        hand.exchange(queue, want)
        self._claim(hand)
        while hand.unstarted:
            self._start(hand)

    @rule(number=any_number)
    def start(self, number: int) -> None:
        """Start a body."""
        hand = self._hand(number, "unstarted")
        if hand.unstarted:
            self._start(hand)

    def _start(self, hand: Hand) -> None:
        job = hand.start()
        if job is not None:
            self.book.start(job.id, job.generation, hand.id)

    @rule(number=any_number, which=any_number, ending=st.sampled_from(sorted(endings)))
    def end(self, number: int, which: int, ending: str) -> None:
        """End a body."""
        hand = self._hand(number, "running")
        if hand.running:
            self._end(hand, which, ending)

    def _end(self, hand: Hand, which: int, ending: str) -> None:
        job = hand.running.pop(which % len(hand.running))
        again = ending.startswith("retry") and job.attempt >= job.max_attempts
        known = {"id": job.id, "queue": job.queue, "priority": job.priority, "generation": job.generation}
        known |= {"attempt": job.attempt, "started": time.monotonic(), "ended": time.monotonic()}
        hand.outcomes.append(Outcome(**known, **endings["fail" if again else ending]))  # type: ignore[arg-type]

    @rule(number=any_number)
    def release_unstarted(self, number: int) -> None:
        """Hand a claimed job back that never started."""
        hand = self._hand(number, "unstarted")
        if hand.unstarted:
            hand.running.append(hand.unstarted.pop())
            self._end(hand, -1, "release")

    @rule(number=any_number, rolled_back=seldom)
    def complete(self, number: int, *, rolled_back: bool) -> None:
        """Complete in the actor's own transaction."""
        hand = self._hand(number, "running")
        if not hand.running:
            return
        job = hand.running[-1]
        with transaction.atomic():
            fence_ = {"id_": job.id, "queue": job.queue, "generation": job.generation, "process": hand.id}
            done = complete(connection, **fence_, result="1") is not None  # type: ignore[arg-type]
            transaction.set_rollback(rolled_back)
        if rolled_back:
            return
        self._end(hand, -1, "complete")
        assert done == self.book.record(hand.outcomes[-1], hand.id)

    @rule(number=any_number, at_most=st.integers(1, 3), answer_lost=seldom)
    def record(self, number: int, at_most: int, *, answer_lost: bool) -> None:
        """Record outcomes, in bulk; an unknown commit is repeated later."""
        hand = self._hand(number, "outcomes")
        self._record(hand, hand.outcomes[:at_most], answer_lost=answer_lost)

    def _record(self, hand: Hand, outcomes: Sequence[Outcome], *, answer_lost: bool = False) -> None:
        recorded = hand.record(outcomes, answer_lost=answer_lost)
        must = [o.id for o in outcomes if self.book.record(o, hand.id)]
        assert set(must) <= {o.id for o, _ in recorded.written}

    @rule(number=any_number, ending=st.sampled_from(sorted(endings)), queue=a_queue)
    def end_and_record(self, number: int, ending: str, queue: str) -> None:
        """End a body, record and acknowledge it as a process does when nothing comes between."""
        hand = self._hand(number, "running")
        if hand.running:
            self._end(hand, -1, ending)
        self._record(hand, hand.outcomes)
        hand.exchange(queue, 0)

    @rule(number=any_number, queue=a_queue, count=st.integers(1, 3), ending=st.sampled_from(sorted(endings)))
    def live_a_whole_life(self, number: int, queue: str, count: int, ending: str) -> None:
        """Enqueue, take, run, record, acknowledge: a run of this test that knows few verbs still does something."""
        self.enqueue(queue, None, 0, 0, count, rolled_back=False)
        self.rows_follow_the_model()
        self.take_and_start(number, queue, count)
        self.rows_follow_the_model()
        self.end_and_record(number, ending, queue)

    @rule(number=any_number)
    def beat(self, number: int) -> None:
        """Bring a process and Redis in line."""
        self._hand(number).beat()

    @rule()
    def settle(self) -> None:
        """Bring a wiped Redis in line."""
        for stats in dispatching.dispatcher().stats(QUEUES):
            if stats.settling:
                settle(connection, stats)

    def rows_follow_the_model(self) -> None:
        """Compare rows and model; also between the steps of one verb, so that every move is seen."""
        raise NotImplementedError
