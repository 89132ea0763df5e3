"""The state machine: any verb, any step of any process, any loss, in any order; the rows must follow the model."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Now
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from jobs.caretaker.retention import Retention
from jobs.dispatch.entries import Entry
from jobs.models import Attempt, Job, Process, QueueConfig, QueueCount
from jobs.rows.dialect import text_id
from jobs.rows.process import fence
from jobs.rows.unfinished import START, unfinished
from jobs.services import dispatching, limits, operate
from jobs.services.patrol import patrol_page, sweep_active
from jobs.services.prune import prune
from jobs.services.reclaim import reclaim
from jobs.states import FINISHED, MOVES, STARTABLE, State
from tests.jobs.model.processes import HOUR_MS, QUEUES, Processes, a_queue, any_number, endings, seldom

PAGE = 3
some_finished = st.sampled_from([FINISHED, (State.COMPLETED,), (State.FAILED, State.CANCELLED)])


class Jobs(Processes):
    """One run; at its end one fresh process must be able to end every job."""

    def has_jobs(self) -> bool:
        """Whether there is a job to do something with."""
        return bool(self.book.jobs)

    # -- losses --------------------------------------------------------------------------------------------

    @rule(number=any_number)
    def kill(self, number: int) -> None:
        """Lose a process with all that it remembers; nobody has noticed yet."""
        self._lose(self._hand(number, "held"))
        self._staff()

    @rule(number=any_number, reclaimed=st.booleans())
    def fence(self, number: int, *, reclaimed: bool) -> None:
        """Fence a process that goes on, as one cut off for a while does; perhaps take its jobs back, too."""
        hand = self._hand(number, "running")
        fence(connection, hand.id)
        self.book.fence(hand.id)
        if reclaimed:
            reclaim(connection, hand.id)
            self.book.reclaim(hand.id)
        self._staff()

    @rule(number=any_number, queue=a_queue, ending=st.sampled_from(sorted(endings)), reclaimed=st.booleans())
    def end_too_late(self, number: int, queue: str, ending: str, *, reclaimed: bool) -> None:
        """Let a process be fenced while it runs a job, then end that: refused if it was taken back."""
        self.enqueue(queue, None, 0, 0, 1, rolled_back=False)
        self.rows_follow_the_model()
        self.take_and_start(number, queue, 2)
        self.rows_follow_the_model()
        self.fence(number, reclaimed=reclaimed)
        self.rows_follow_the_model()
        self.end_and_record(number, ending, queue)

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
        known = self.lost + [hand.id for hand in self.hands if hand.held]
        known = known or [self.hands[0].id]
        process = known[number % len(known)]
        reclaim(connection, process, only_overdue=only_overdue)
        if not (only_overdue and self.book.claimers.get(process)):
            self.book.reclaim(process)
            self._staff()

    @rule()
    def retention(self) -> None:
        """Forget fenced processes."""
        Process.objects.filter(fenced_at__isnull=False).update(fenced_at=Now() - timedelta(hours=2))
        Retention()(connection)

    @rule(settled=st.booleans())
    def flush(self, *, settled: bool) -> None:
        """Lose all of Redis; nothing is given out until it is settled."""
        dispatching.dispatcher().client.flushdb()
        if settled:
            self.settle()

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

    @rule(states=some_finished, keep=seldom.map(lambda yes: not yes))
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
        known = [twin.id for twin in self.book.jobs.values() if twin.state in FINISHED] or list(self.book.jobs)
        ids = sorted({known[n % len(known)] for n in numbers})
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
        (limits.pause if paused else limits.resume)(queue)

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
            limits.resume(queue)
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
