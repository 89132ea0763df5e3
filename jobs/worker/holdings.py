"""What a process holds: from the exchange's answer until its acknowledgement was answered (protocol.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

from django.db import DEFAULT_DB_ALIAS

from jobs.claimed import Claimed
from jobs.dispatch.dispatcher import Dispatcher
from jobs.rows.claim import claim, mine
from jobs.rows.dialect import wrapper
from jobs.rows.process import is_alive
from jobs.rows.standing import Standing, standings
from jobs.services.expire import expire
from jobs.worker.lanes import Lanes
from jobs.worker.recorder import Acknowledgement, Recorder
from jobs.worker.runner import released


class Holdings:
    """The ids that a process has taken, which of them it has claimed, and what to do about the others.

    Used by the I/O thread only. `fenced` is set when the process may claim no more.
    """

    def __init__(
        self,
        process: str,
        *,
        queues: Sequence[str],
        lease_s: float,
        dispatcher: Dispatcher,
        lanes: Lanes,
        recorder: Recorder,
        fenced: Event,
        on_news: Callable[[Acknowledgement], None],
    ) -> None:
        self.process, self.queues, self.lease_s = process, list(queues), lease_s
        self.dispatcher, self.lanes, self.recorder = dispatcher, lanes, recorder
        self.fenced, self._on_news = fenced, on_news
        self.held: dict[str, tuple[str, int | None]] = {}
        """id → (queue, priority once claimed)."""
        self._doubtful: set[str] = set()
        self.suspect: Claimed | None = None
        self._suspect_started = False

    def take(self, queue: str, ids: Sequence[str]) -> list[str]:
        """Hold what an exchange has answered; return what is to be claimed.

        A job that is claimed already (its claim's answer was lost, its entry given back) only has its entry again.
        """
        fresh = [id_ for id_ in ids if self.held.get(id_, (queue, None))[1] is None]
        self.held.update((id_, (queue, None)) for id_ in fresh)
        return fresh

    def forget(self, ids: Sequence[str]) -> None:
        """Let go of what has been acknowledged."""
        for id_ in ids:
            self.held.pop(id_, None)

    def unstarted_suspect(self) -> list[Claimed]:
        """Return the suspect if it waits for the others to go."""
        return [self.suspect] if self.suspect and not self._suspect_started else []

    def claim(self, ids: list[str]) -> list[Claimed]:
        """Claim what was taken, give it to the threads, return it; an id is doubtful until the claim has answered."""
        self._doubtful.update(ids)
        jobs = claim(wrapper(DEFAULT_DB_ALIAS), ids, process=self.process, lease_s=self.lease_s)
        for job in jobs:
            self.held[job.id] = (job.queue, job.priority)
        self._doubtful.difference_update(ids)
        self._hand_over(jobs)
        if len(jobs) < len(ids):
            claimed = {job.id for job in jobs}
            self.go_by_rows({id_: self.held[id_][0] for id_ in ids if id_ not in claimed})
        return jobs

    def _hand_over(self, jobs: list[Claimed]) -> None:
        """Give claimed jobs to the threads; a suspect keeps no other waiting beside it (ADR 0004).

        What waits unstarted in a process that dies is blamed too: so it is handed back before the suspect starts.
        """
        suspects = [job for job in jobs if job.suspect]
        if self.suspect is None and not suspects:
            self.lanes.put(jobs)
            return
        if self.suspect is None:
            self.suspect = suspects[0]
        self.hand_back([job for job in jobs if job is not self.suspect] + self.lanes.take_back())

    def start_suspect(self) -> bool:
        """Start the suspect once nothing else is held here; true when it is over and others may be taken again."""
        suspect = self.suspect
        if suspect is None:
            return False
        if suspect.id not in self.held:
            self.suspect, self._suspect_started = None, False
            return True
        if len(self.held) == 1 and not self._suspect_started:
            self._suspect_started = True
            self.lanes.put([suspect])
        return False

    def hand_back(self, jobs: list[Claimed]) -> None:
        """Give claimed jobs that never started back: the row by the recorder, then the entry."""
        for job in jobs:
            self.recorder.add(released(job))

    def go_by_rows(self, queues: dict[str, str]) -> None:
        """Put entries (id → queue) right that a claim did not return (protocol.md, Claim)."""
        connection = wrapper(DEFAULT_DB_ALIAS)
        rows = standings(connection, list(queues))
        news = Acknowledgement()
        back: dict[str, list[tuple[str, int]]] = {}
        over: list[str] = []
        late = expire(ids=[id_ for id_, row in rows.items() if row.expired and row.startable])
        for id_, queue in queues.items():
            row = rows.get(id_)
            if row and row.held_by(self.process):
                over.append(id_)
            elif row and row.startable and id_ not in late:
                back.setdefault(queue, []).append((id_, max(row.due_in_ms, 50)))  # locked: again in 50 ms
                self.held.pop(id_, None)
            else:
                news.acknowledge(queue, id_)
        for job in mine(connection, over, process=self.process) if over else ():
            self.held[job.id] = (job.queue, job.priority)
            self._hand_over([job])
        if back and not is_alive(connection, self.process):
            self.fenced.set()
        if news.done:
            self._on_news(news)
        for queue, entries in back.items():
            self.dispatcher.release(self.process, queue, entries)

    def beat(self) -> dict[str, Standing]:
        """Bring Redis and rows in line with what this process holds; return how the held rows stand.

        Called at the start, every third of a lease, and after errors.
        """
        connection = wrapper(DEFAULT_DB_ALIAS)
        if not is_alive(connection, self.process):
            self.fenced.set()
        known = standings(connection, list(self._doubtful | set(self.held))) if self._doubtful or self.held else {}
        doubtful = [i for i in self._doubtful if i in known and known[i].held_by(self.process)]
        for job in mine(connection, doubtful, process=self.process) if doubtful else ():
            self.held[job.id] = (job.queue, job.priority)
            self._hand_over([job])
        self.forget(list(self._doubtful - set(doubtful)))
        self._doubtful.clear()
        for queue in self.queues:
            held = [i for i, (q, _) in self.held.items() if q == queue]
            claimed = [(i, p) for i, (q, p) in self.held.items() if q == queue and p is not None]
            self.dispatcher.beat(self.process, queue, held=held, claimed=claimed)
        return known

    def give_unclaimed_back(self) -> None:
        """Give back what no claim has answered for; it stays doubtful until the rows have been read."""
        unclaimed = {i: q for i, (q, priority) in self.held.items() if priority is None}
        self._doubtful.update(unclaimed)
        for queue in set(unclaimed.values()):
            self.dispatcher.release(self.process, queue, [(i, 0) for i, q in unclaimed.items() if q == queue])
