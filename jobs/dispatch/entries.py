"""The values that go to Redis and come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)  # one a job: frozen would cost 1 us more
class Entry:
    """A job id to put into its queue, and there into its group (empty: none): due in `delay_ms` (0: now)."""

    queue: str
    id: str
    priority: int
    delay_ms: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a process tells one queue: ids whose outcome is committed, and how many it wants."""

    queue: str
    want: int
    done: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A queue's answer: ids now active under the process, and when to ask again (ms, None: no need)."""

    queue: str
    ids: list[str]
    due_in_ms: int | None
    slot_in_ms: int | None
    more: bool
    limited: bool
    concurrency: int | None


@dataclass(frozen=True, slots=True)
class QueueStats:
    """Live counts of one queue; `settling` names the epoch that the caretaker must settle, empty for none."""

    queue: str
    waiting: int
    delayed: int
    active: int
    paused: bool
    settling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A queue's limits as Redis keeps them; None: no such limit."""

    paused: bool = False
    max_active: int | None = None
    max_starts: int | None = None
    window_ms: int | None = None
    concurrency: int | None = None
    hold_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one group may have of a queue at a time, and of starts in a window; None: no limit."""

    max_active: int | None = None
    max_starts: int | None = None
    window_ms: int | None = None

    def as_text(self) -> str:
        """Return it as share.lua takes it."""
        numbers = (self.max_active, self.max_starts, self.window_ms)
        return " ".join("" if number is None else str(number) for number in numbers)


@dataclass(frozen=True, slots=True)
class Placement:
    """What a probe found: ids that Redis lacks, and ids that it holds delayed for too long."""

    absent: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
