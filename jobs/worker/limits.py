"""When a worker process is replaced by a fresh one: after so many jobs, or with so much memory."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from jobs.worker.child import Child

LOOK_S = 0.5
"""The processes are looked at this often."""
YOUNG_S = 5.0
"""A process may hold what it holds for this long: a limit below what every process needs makes no storm of starts."""


@dataclass(slots=True, kw_only=True)
class Limits:
    """What one process may run (`max_jobs`) and grow to (`max_memory`, MiB) before its replacement starts."""

    max_jobs: int | None = None
    max_memory: int | None = None
    _look_at: float = field(default=0.0, init=False)

    def due(self) -> bool:
        """Tell whether it is time to look at the processes again."""
        if not (self.max_jobs or self.max_memory) or time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + LOOK_S
        return True

    def reached(self, child: Child) -> str:
        """Return which limit a child has reached, empty for none."""
        ran = child.pulse.ran()
        if self.max_jobs and ran >= self.max_jobs:
            return f"it has run {ran} jobs"
        grown = self.max_memory and time.monotonic() - child.started_at > YOUNG_S
        memory = resident_mib(child.popen.pid) if grown else 0
        if self.max_memory and memory >= self.max_memory:
            return f"it holds {memory} MiB"
        return ""


def resident_mib(pid: int) -> int:
    """Return a process's resident memory, 0 for one that is gone; what its own children hold is not counted."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
