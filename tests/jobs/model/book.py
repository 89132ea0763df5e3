"""The table of states as plain Python: what every verb must do to the rows, worked out without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jobs.draft import Draft
from jobs.outcome import Outcome
from jobs.states import FINISHED, MOVES, PENDING, STARTABLE, State

MAX_LOSSES = 3


@dataclass(slots=True, kw_only=True)
class Twin:
    """What the row of one job must say; `handed_back` explains why a body may start (again)."""

    id: str
    queue: str
    job_id: str
    max_attempts: int
    state: State
    due: bool
    generation: int = 0
    attempts: int = 0
    losses: int = 0
    worker: str | None = None
    cancel_requested: bool = False
    body: int = 0
    handed_back: bool = True
    tried: set[tuple[int, str]] = field(default_factory=set)

    def facts(self) -> tuple[object, ...]:
        """Return what is compared with the row."""
        return self.state, self.generation, self.attempts, self.losses, self.worker, self.cancel_requested

    def runs_under(self, process: str) -> bool:
        """Whether it is active under a process."""
        return self.state == State.ACTIVE and self.worker == process

    def move(self, state: State) -> None:
        """Go to a state, which the table must allow."""
        assert state in MOVES[self.state], f"the model itself breaks the table: {self.state} to {state}"
        self.state = state

    def hand_back(self, state: State) -> None:
        """Go to where another claim may take it; a job that somebody wants cancelled is cancelled instead."""
        self.move(State.CANCELLED if self.cancel_requested else state)
        self.generation += 1
        self.handed_back = True


class Book:
    """All jobs and processes that the model knows."""

    def __init__(self) -> None:
        self.jobs: dict[str, Twin] = {}
        self.claimers: dict[str, bool] = {}
        """Process → whether its lease runs; fenced and forgotten ones are missing."""

    def enqueue(self, draft: Draft) -> Twin:
        """Return the job that has the draft's key, a new one if there is none."""
        for twin in self.jobs.values():
            if (twin.queue, twin.job_id) == (draft.queue, draft.job_id):
                return twin
        state = State.DELAYED if draft.delay_ms else State.WAITING
        twin = Twin(
            id=draft.id,
            queue=draft.queue,
            job_id=draft.job_id,
            max_attempts=draft.max_attempts,
            state=state,
            due=not draft.delay_ms,
        )
        self.jobs[draft.id] = twin
        return twin

    def claim(self, ids: Iterable[str], process: str) -> list[tuple[str, int]]:
        """Claim; return (id, generation) of each that must be claimed."""
        if not self.claimers.get(process):
            return []
        claimed = []
        for twin in (self.jobs[i] for i in ids if i in self.jobs):
            if twin.state in STARTABLE and twin.due:
                twin.move(State.ACTIVE)
                twin.generation += 1
                twin.attempts += 1
                twin.worker = process
                claimed.append((twin.id, twin.generation))
        return claimed

    def start(self, id_: str, generation: int, process: str) -> None:
        """Start a body; fails if no committed claim stands behind it, or if nothing explains a second start."""
        twin = self.jobs[id_]
        assert twin.runs_under(process)
        assert twin.generation == generation
        assert twin.handed_back, f"{id_} runs twice, and nobody lost it or handed it back"
        assert generation > twin.body
        twin.body, twin.handed_back = generation, False

    def record(self, outcome: Outcome, process: str) -> bool:
        """Write an outcome; return false where the fence must refuse it."""
        twin = self.jobs.get(outcome.id)
        if twin is None or not twin.runs_under(process) or twin.generation != outcome.generation:
            return False
        if outcome.attempt_outcome:
            twin.tried.add((outcome.generation, outcome.attempt_outcome))
        twin.attempts -= outcome.refund
        if outcome.state in FINISHED:
            twin.move(outcome.state)
            return True
        twin.hand_back(outcome.state)
        if outcome.state == State.DELAYED:
            twin.due = not outcome.delay_ms
        return True

    def fence(self, process: str) -> None:
        """Let a process claim nothing any more."""
        self.claimers.pop(process, None)

    def reclaim(self, process: str) -> None:
        """Fence a process and hand back what runs under it; each counts a loss."""
        self.fence(process)
        for twin in self.jobs.values():
            if twin.runs_under(process):
                twin.tried.add((twin.generation, "lost"))
                twin.losses += 1
                twin.hand_back(State.FAILED if twin.losses > MAX_LOSSES else State.WAITING)

    def retry(self, ids: Iterable[str], states: Sequence[State] = FINISHED) -> set[str]:
        """Bring finished jobs back; return their ids."""
        moved = set()
        for twin in (self.jobs[i] for i in ids if i in self.jobs):
            if twin.state in states:
                twin.cancel_requested = False
                twin.hand_back(State.WAITING)
                twin.attempts = twin.losses = 0
                twin.due = True
                moved.add(twin.id)
        return moved

    def cancel(self, ids: Iterable[str]) -> set[str]:
        """Cancel what has not started, ask what runs; return the ids of both."""
        concerned = set()
        for twin in (self.jobs[i] for i in ids if i in self.jobs):
            if twin.state in PENDING:
                twin.cancel_requested = True
                twin.hand_back(State.CANCELLED)
            elif twin.state == State.ACTIVE:
                twin.cancel_requested = True
            else:
                continue
            concerned.add(twin.id)
        return concerned

    def prune(self, states: Sequence[State]) -> int:
        """Forget finished jobs; return how many."""
        old = [twin.id for twin in self.jobs.values() if twin.state in states]
        for id_ in old:
            del self.jobs[id_]
        return len(old)

    def counts(self) -> dict[tuple[str, str], int]:
        """Count finished jobs by (queue, state)."""
        return dict(Counter((t.queue, str(t.state)) for t in self.jobs.values() if t.state in FINISHED))
