"""Which queues a worker asks, and when."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.dispatch.entries import Exchange, Taken

NEVER_S = 3_600.0


class Appetite:
    """`hungry` queues may hold more than was taken; `due` says when to ask each again (`time.monotonic`)."""

    def __init__(self, queues: Iterable[str]) -> None:
        self.due: dict[str, float] = dict.fromkeys(queues, 0.0)
        self.hungry: set[str] = set(self.due)
        self.limited: set[str] = set()

    def awaken(self) -> None:
        """Ask all queues again: something may have changed that nobody tells of."""
        self.hungry.update(self.due)

    def learn(self, exchange: Exchange, answer: Taken, *, raised: bool, now: float) -> None:
        """Learn from a queue's answer; `raised`: more of its jobs may run from now on."""
        queue = answer.queue
        waits = [ms for ms in (answer.due_in_ms, answer.slot_in_ms) if ms is not None]
        self.due[queue] = now + min(waits) / 1000 if waits else now + NEVER_S
        (self.limited.add if answer.limited else self.limited.discard)(queue)
        if raised or answer.more or (exchange.want and len(answer.ids) == exchange.want):
            self.hungry.add(queue)
        else:
            self.hungry.discard(queue)
