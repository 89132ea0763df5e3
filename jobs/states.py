"""The states of a job and the moves between them: the one table that code, constraint and docs follow."""

from enum import StrEnum


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    DELAYED = "delayed"
    BLOCKED = "blocked"
    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVES: dict[State | None, frozenset[State]] = {
    None: frozenset({State.WAITING, State.DELAYED, State.BLOCKED}),
    State.BLOCKED: frozenset({State.WAITING, State.DELAYED, State.FAILED, State.CANCELLED}),
    State.DELAYED: frozenset({State.WAITING, State.ACTIVE, State.CANCELLED}),
    State.WAITING: frozenset({State.ACTIVE, State.DELAYED, State.CANCELLED}),
    State.ACTIVE: frozenset({State.COMPLETED, State.FAILED, State.DELAYED, State.WAITING, State.CANCELLED}),
    State.COMPLETED: frozenset({State.WAITING, State.BLOCKED}),
    State.FAILED: frozenset({State.WAITING, State.BLOCKED}),
    State.CANCELLED: frozenset({State.WAITING, State.BLOCKED}),
}
"""From each state (None: not there yet) the states that a conditional update may set."""

LIVE = (State.WAITING, State.DELAYED, State.ACTIVE)
"""States of jobs that Redis should know."""

STARTABLE = (State.WAITING, State.DELAYED)
"""States that a claim may take, once due."""

PENDING = (State.WAITING, State.DELAYED, State.BLOCKED)
"""States of jobs that have not started."""

FINISHED = (State.COMPLETED, State.FAILED, State.CANCELLED)
"""States of jobs that are over; only an operator's retry brings one back."""
