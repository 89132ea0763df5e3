"""A supervisor's place for one child: who holds it, and who takes over."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from jobs.worker.child import EXIT_RETIRED, Child

logger = logging.getLogger("jobs.supervisor")


@dataclass(slots=True)
class Place:
    """A child's command, its present holder, the successor that is starting, and when a new one may start."""

    command: list[str]
    is_worker: bool
    child: Child | None = None
    successor: Child | None = None
    failures: int = 0
    start_at: float = 0.0
    retired: bool = False

    def children(self) -> list[Child]:
        """Return who lives here."""
        return [child for child in (self.child, self.successor) if child]

    def vacate(self, child: Child) -> None:
        """Go on without a child that has ended; a new one starts after a rest that grows with failures."""
        now = time.monotonic()
        self.retired = child.popen.returncode == EXIT_RETIRED
        self.failures = 0 if now - child.started_at > 30 else self.failures + 1
        rest = min(30.0, 0.1 * 2 ** min(self.failures, 9)) if self.failures > 3 else 0.0
        if child is self.child:
            self.child = self.successor
        self.successor = None
        self.start_at = now + rest

    def succeed(self) -> Child | None:
        """Let a successor that works take the place; return the child that it follows, told to drain."""
        if self.child is None or self.successor is None or not self.successor.works():
            return None
        old, self.child, self.successor = self.child, self.successor, None
        old.popen.terminate()
        logger.info("Worker %s has taken over from %s, which drains", self.child.process, old.process)
        return old
