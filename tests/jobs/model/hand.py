"""A worker process without threads: it takes, claims, runs, records and acknowledges one step at a time.

It keeps to protocol.md as `jobs.worker.worker` does, on the same rows and the same Redis, but does nothing by itself:
a test chooses when which step comes, and what is lost between two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from jobs.claimed import Claimed
from jobs.dispatch.entries import Entry, Exchange
from jobs.ids import new_id
from jobs.outcome import Outcome
from jobs.rows.claim import claim, mine
from jobs.rows.process import is_alive, register
from jobs.rows.standing import Standing, standings
from jobs.services.dispatching import dispatcher
from jobs.services.record import Flush, Recorded, record
from jobs.states import State

LEASE_S = 3_600.0


@dataclass(slots=True)
class Hand:
    """What one worker process has in its memory; `held` is id → (queue, priority once claimed)."""

    id: str = field(default_factory=new_id)
    held: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    unstarted: list[Claimed] = field(default_factory=list)
    running: list[Claimed] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    done: dict[str, list[str]] = field(default_factory=dict)
    add: list[Entry] = field(default_factory=list)
    must_beat: bool = True

    def enter(self) -> None:
        """Register, or renew the lease; lifts no fence."""
        register(connection, self.id, supervisor=self.id, host="h", pid=1, queues=[], threads=1, lease_s=LEASE_S)

    def exchange(self, queue: str, want: int, *, answer_lost: bool = False) -> None:
        """Acknowledge and take; after a lost answer a beat comes before anything else."""
        if self.must_beat:
            self.beat()
        acknowledged = self.done.get(queue, [])
        others = [entry for entry in self.add if entry.queue != queue]
        here = [entry for entry in self.add if entry.queue == queue]
        answer = dispatcher().exchange(self.id, [Exchange(queue, want, acknowledged)], then_add=here)[0]
        if answer_lost:
            self.must_beat = True
            return
        for id_ in self.done.pop(queue, []):
            self.held.pop(id_, None)
        self.add = others
        self.held.update((id_, (queue, None)) for id_ in answer.ids if id_ not in self.held)

    def unclaimed(self) -> list[str]:
        """Return what was taken and not claimed yet."""
        return [id_ for id_, (_, priority) in self.held.items() if priority is None and not self._is_done(id_)]

    def claim(self, ids: Sequence[str], *, answer_lost: bool = False) -> list[Claimed]:
        """Claim what was taken; after an unknown commit the entries go back, and the beat asks the rows."""
        claimed = claim(connection, ids, process=self.id, lease_s=1.0)
        if answer_lost:
            self.doubtful.update(ids)
            self._release([(id_, 0) for id_ in ids])
            self.must_beat = True
            return claimed
        self._hold(claimed)
        self._go_by_rows(set(ids) - {job.id for job in claimed})
        return claimed

    def beat(self) -> None:
        """Bring rows, memory and Redis in line."""
        known = standings(connection, list(self.doubtful)) if self.doubtful else {}
        ours = [id_ for id_ in self.doubtful if id_ in known and known[id_].held_by(self.id)]
        self._hold(mine(connection, ours, process=self.id) if ours else [])
        for id_ in self.doubtful - set(ours):
            self.held.pop(id_, None)
        self.doubtful.clear()
        for queue in {queue for queue, _ in self.held.values()}:
            held = [id_ for id_, (q, _) in self.held.items() if q == queue]
            claimed = [(id_, p) for id_, (q, p) in self.held.items() if q == queue and p is not None]
            dispatcher().beat(self.id, queue, held=held, claimed=claimed)
        self.must_beat = False

    def start(self) -> Claimed | None:
        """Start the oldest claimed job, if its row still says that it is ours."""
        job = self.unstarted.pop(0)
        now = mine(connection, [job.id], process=self.id)
        if not is_alive(connection, self.id) or [row.generation for row in now] != [job.generation]:
            self._go_by_rows({job.id})
            return None
        self.running.append(job)
        return job

    def record(self, outcomes: Sequence[Outcome], *, answer_lost: bool = False) -> Recorded:
        """Record outcomes; after an unknown commit they stay for the next flush."""
        recorded = record(connection, Flush(list(outcomes)), process=self.id)
        assert not recorded.again, "no row is locked: there is one thread"
        if answer_lost:
            return recorded
        self.outcomes = [o for o in self.outcomes if o not in outcomes]
        for outcome, state in recorded.written:
            self._acknowledge(outcome.queue, outcome.id)
            if state in (State.WAITING, State.DELAYED):
                self.add.append(Entry(outcome.queue, outcome.id, outcome.priority, outcome.delay_ms))
        for outcome, row in recorded.refused:
            self._acknowledge(outcome.queue, outcome.id)
            if row and row.startable:
                self.add.append(Entry(row.queue, row.id, row.priority, row.due_in_ms))
        return recorded

    def _hold(self, jobs: Sequence[Claimed]) -> None:
        known = {(job.id, job.generation) for job in (*self.unstarted, *self.running)}
        known |= {(outcome.id, outcome.generation) for outcome in self.outcomes}
        for job in jobs:
            self.held[job.id] = (job.queue, job.priority)
            if (job.id, job.generation) not in known:
                self.unstarted.append(job)

    def _go_by_rows(self, ids: set[str]) -> None:
        rows: dict[str, Standing] = standings(connection, sorted(ids)) if ids else {}
        ours = [id_ for id_ in sorted(ids) if id_ in rows and rows[id_].held_by(self.id)]
        self._hold(mine(connection, ours, process=self.id) if ours else [])
        for id_ in sorted(ids - set(ours)):
            row = rows.get(id_)
            if row and row.startable:
                self._release([(id_, max(row.due_in_ms, 1))])
                self.held.pop(id_, None)
            elif id_ in self.held:
                self._acknowledge(self.held[id_][0], id_)

    def _release(self, entries: Sequence[tuple[str, int]]) -> None:
        for id_, delay_ms in entries:
            if id_ in self.held:
                dispatcher().release(self.id, self.held[id_][0], [(id_, delay_ms)])

    def _acknowledge(self, queue: str, id_: str) -> None:
        self.done.setdefault(queue, []).append(id_)

    def _is_done(self, id_: str) -> bool:
        return any(id_ in ids for ids in self.done.values())
