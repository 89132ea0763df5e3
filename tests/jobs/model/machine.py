"""The state machine: any verb, any step of any process, any loss, in any order; the rows must follow the model."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jobs.caretaker.retention import Retention
from jobs.dispatch.entries import Entry
from jobs.draft import draft
from jobs.models import Attempt, Job, Process, QueueConfig, QueueCount
from jobs.outcome import Outcome
from jobs.rows.complete import complete
from jobs.rows.dialect import text_id
from jobs.rows.process import fence
from jobs.rows.unfinished import START, Page, unfinished
from jobs.services import dispatching, operate, queues
from jobs.services.enqueue import enqueue
from jobs.services.patrol import patrol_page, sweep_active
from jobs.services.prune import prune
from jobs.services.reclaim import reclaim
from jobs.services.settle import settle
from jobs.states import FINISHED, MOVES, STARTABLE, State
from tests.jobs.model.book import Book, Twin
from tests.jobs.model.hand import Hand

QUEUES = ("calculation", "reports")
HOUR_MS = 3_600_000
HANDS = 3
PAGE = 3

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
some_finished = st.sampled_from([FINISHED, (State.COMPLETED,), (State.FAILED, State.CANCELLED)])


class Jobs(RuleBasedStateMachine):
    """One run: an empty database, an empty Redis, a few processes."""

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
        for _ in range(HANDS):
            self._new_hand()

    def _new_hand(self) -> Hand:
        hand = Hand()
        hand.enter()
        self.hands.append(hand)
        self.book.claimers[hand.id] = True
        return hand

    def _job(self, number: int) -> Twin:
        return list(self.book.jobs.values())[number % len(self.book.jobs)]

    def _hand(self, number: int) -> Hand:
        return self.hands[number % len(self.hands)]

    def has_jobs(self) -> bool:
        """Whether there is a job to do something with."""
        return bool(self.book.jobs)

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
        hand = self._hand(number)
        self._claim(hand, answer_lost=answer_lost)

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
        hand = self._hand(number)
        if hand.unstarted:
            self._start(hand)

    def _start(self, hand: Hand) -> None:
        job = hand.start()
        if job is not None:
            self.book.start(job.id, job.generation, hand.id)

    @rule(number=any_number, which=any_number, ending=st.sampled_from(sorted(endings)))
    def end(self, number: int, which: int, ending: str) -> None:
        """End a body."""
        hand = self._hand(number)
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
        hand = self._hand(number)
        if hand.unstarted:
            hand.running.append(hand.unstarted.pop())
            self._end(hand, -1, "release")

    @rule(number=any_number, rolled_back=seldom)
    def complete(self, number: int, *, rolled_back: bool) -> None:
        """Complete in the actor's own transaction."""
        hand = self._hand(number)
        if not hand.running:
            return
        job = hand.running[-1]
        with transaction.atomic():
            fence_ = {"id_": job.id, "queue": job.queue, "generation": job.generation, "process": hand.id}
            done = complete(connection, **fence_, result="1")  # type: ignore[arg-type]
            transaction.set_rollback(rolled_back)
        if rolled_back:
            return
        self._end(hand, -1, "complete")
        assert done == self.book.record(hand.outcomes[-1], hand.id)

    @rule(number=any_number, at_most=st.integers(1, 3), answer_lost=seldom)
    def record(self, number: int, at_most: int, *, answer_lost: bool) -> None:
        """Record outcomes, in bulk; an unknown commit is repeated later."""
        hand = self._hand(number)
        self._record(hand, hand.outcomes[:at_most], answer_lost=answer_lost)

    def _record(self, hand: Hand, outcomes: Sequence[Outcome], *, answer_lost: bool = False) -> None:
        recorded = hand.record(outcomes, answer_lost=answer_lost)
        must = [o.id for o in outcomes if self.book.record(o, hand.id)]
        assert set(must) <= {o.id for o, _ in recorded.written}

    @rule(number=any_number)
    def beat(self, number: int) -> None:
        """Bring a process and Redis in line."""
        self._hand(number).beat()

    # -- losses --------------------------------------------------------------------------------------------

    @rule(number=any_number)
    def kill(self, number: int) -> None:
        """Lose a process with all that it remembers; nobody has noticed yet."""
        hand = self._hand(number)
        self.hands.remove(hand)
        self.lost.append(hand.id)
        self._new_hand()

    @rule(number=any_number)
    def fence(self, number: int) -> None:
        """Fence a process that goes on, as one cut off for a while does."""
        hand = self._hand(number)
        fence(connection, hand.id)
        self.book.fence(hand.id)

    @rule(number=any_number, comes_back=st.booleans())
    def lapse(self, number: int, *, comes_back: bool) -> None:
        """Let a lease run out, and perhaps renew it just in time."""
        hand = self._hand(number)
        Process.objects.filter(pk=hand.id).update(lease_until=Now() - timedelta(seconds=9))
        if hand.id in self.book.claimers:
            self.book.claimers[hand.id] = comes_back
        if comes_back and Process.objects.filter(pk=hand.id).exists():
            hand.enter()

    @rule(number=any_number, only_overdue=st.booleans())
    def reclaim(self, number: int, *, only_overdue: bool) -> None:
        """Take the jobs of a process back: of a dead one, or of one that does not know yet."""
        known = self.lost + [hand.id for hand in self.hands]
        process = known[number % len(known)]
        reclaim(connection, process, only_overdue=only_overdue)
        if not (only_overdue and self.book.claimers.get(process)):
            self.book.reclaim(process)

    @rule(number=any_number)
    def replace_fenced(self, number: int) -> None:
        """Start another process for one that was fenced; what it still runs goes with it."""
        hand = self._hand(number)
        if hand.id not in self.book.claimers:
            self.kill(number)

    @rule()
    def retention(self) -> None:
        """Forget fenced processes."""
        Process.objects.filter(fenced_at__isnull=False).update(fenced_at=Now() - timedelta(hours=2))
        Retention()(connection)

    @rule()
    def flush(self) -> None:
        """Lose all of Redis."""
        dispatching.dispatcher().client.flushdb()

    @precondition(has_jobs)
    @rule(number=any_number, place=st.sampled_from(["ready", "delayed", "nowhere"]))
    def misplace(self, number: int, place: str) -> None:
        """Let Redis hold an entry wrongly: an entry is a hint."""
        job = self._job(number)
        delay_ms = HOUR_MS if place == "delayed" else 0
        dispatching.send([Entry(job.queue, job.id, 0, delay_ms)], replace_known=True)
        if place == "nowhere":
            dispatching.remove(job.queue, [job.id])

    # -- the caretaker -------------------------------------------------------------------------------------

    @rule()
    def settle(self) -> None:
        """Bring a wiped Redis in line."""
        for stats in dispatching.dispatcher().stats(QUEUES):
            if stats.settling:
                settle(connection, stats)

    @rule()
    def look(self) -> None:
        """Read a page for the patrol, which may come to it late."""
        self.page = unfinished(connection, self.cursor, limit=PAGE)
        self.cursor = self.page.cursor or START

    @rule()
    def patrol(self) -> None:
        """Patrol the page that was read last."""
        patrol_page(connection, self.page.rows)
        workers = {row.worker for row in self.page.rows if row.state == State.ACTIVE and row.worker}
        for worker in workers - set(self.book.claimers):
            self.book.reclaim(worker)

    @rule(queue=a_queue)
    def sweep(self, queue: str) -> None:
        """Clear active entries that stand as they stood at the last look."""
        self.sweeps[queue] = sweep_active(connection, queue, self.sweeps.get(queue, {}))

    @rule(states=some_finished, keep=st.booleans())
    def prune(self, states: Sequence[State], *, keep: bool) -> None:
        """Delete finished jobs, if they are not to be kept."""
        older_than = timedelta(days=1) if keep else timedelta(seconds=-60)
        pruned = prune(states=states, older_than=older_than)
        assert pruned == (0 if keep else self.book.prune(states))

    # -- the operator --------------------------------------------------------------------------------------

    @precondition(has_jobs)
    @rule(numbers=st.lists(any_number, min_size=1, max_size=3), states=some_finished)
    def retry(self, numbers: list[int], states: Sequence[State]) -> None:
        """Bring finished jobs back."""
        ids = list(dict.fromkeys(self._job(n).id for n in numbers))
        assert set(operate.retry(ids, states=states)) == self.book.retry(ids, states)

    @precondition(has_jobs)
    @rule(numbers=st.lists(any_number, min_size=1, max_size=2))
    def cancel(self, numbers: list[int]) -> None:
        """Cancel jobs."""
        ids = list(dict.fromkeys(self._job(n).id for n in numbers))
        assert set(operate.cancel(ids)) == self.book.cancel(ids)

    @rule(queue=a_queue, paused=st.booleans())
    def switch(self, queue: str, *, paused: bool) -> None:
        """Pause or resume a queue."""
        (queues.pause if paused else queues.resume)(queue)

    @precondition(has_jobs)
    @rule(number=any_number, told=st.booleans())
    def promote(self, number: int, *, told: bool) -> None:
        """Make a job due, with or without Redis being told."""
        job = self._job(number)
        if Job.objects.filter(pk=job.id, state__in=STARTABLE).update(run_at=Now()):
            job.due = True
            if told:
                dispatching.send([Entry(job.queue, job.id, 0)], replace_known=True)

    # -- what must hold ------------------------------------------------------------------------------------

    @invariant()
    def rows_follow_the_model(self) -> None:
        """Compare every row, its attempts and the counts; check every move and every generation."""
        rows = {text_id(row.pk): row for row in Job.objects.all()}
        assert rows.keys() == self.book.jobs.keys()
        for id_, row in rows.items():
            state, (before, generation) = State(row.state), self.seen.get(id_, (None, 0))
            assert state == before or state in MOVES[before], f"{before} to {state}"
            assert row.generation >= generation
            worker = text_id(row.worker) if row.worker else None
            asked = row.cancel_requested_at is not None
            found = (state, row.generation, row.attempts, row.losses, worker, asked)
            assert found == self.book.jobs[id_].facts()
            assert (row.finished_at is not None) == (state in FINISHED)
        self.seen = {id_: (State(row.state), row.generation) for id_, row in rows.items()}
        tried = {(text_id(a.job_id), a.generation, a.outcome) for a in Attempt.objects.all()}
        assert tried == {(twin.id, *one) for twin in self.book.jobs.values() for one in twin.tried}
        sums = QueueCount.objects.values_list("queue", "state").annotate(total=Sum("count"))
        assert {(queue, state): total for queue, state, total in sums if total} == self.book.counts()

    # -- the end -------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Lose all processes; then one fresh process must find and end everything."""
        if sys.exc_info()[0] is not None:
            return  # the run has failed or was cut short: that is what is to be told
        for hand in self.hands:
            self.lost.append(hand.id)
        self.hands = []
        for process in self.lost:
            reclaim(connection, process)
            self.book.reclaim(process)
        self.rows_follow_the_model()
        self._drain()
        paused = {config.queue for config in QueueConfig.objects.exclude(paused_at=None)}
        for twin in self.book.jobs.values():
            assert twin.state in FINISHED or twin.queue in paused or not twin.due, f"left behind: {twin}"
        for queue in QUEUES:
            queues.resume(queue)
        Job.objects.filter(finished_at=None).update(run_at=Now())
        for twin in self.book.jobs.values():
            twin.due = True
        self._drain()
        assert all(twin.state in FINISHED for twin in self.book.jobs.values())

    def _drain(self) -> None:
        """Settle, go round once as the caretaker does, and let a fresh process run whatever Redis then offers."""
        self.settle()
        for queue in QUEUES * 2:
            self.sweep(queue)
        self.cursor = START
        while True:
            self.look()
            self.patrol()
            if self.page.cursor is None:
                break
        hand = self._new_hand()
        for queue in QUEUES:
            while True:
                hand.exchange(queue, 5)
                self._claim(hand)
                if not hand.unstarted:
                    break
                self.rows_follow_the_model()
                while hand.unstarted:
                    self._start(hand)
                    self._end(hand, -1, "complete")
                self._record(hand, hand.outcomes)
                self.rows_follow_the_model()
