"""Whether a process that loops for ever still does: for probes and for systemd's watchdog."""

from __future__ import annotations

import time
from collections.abc import Callable

from jobs.exposition.door import Page, counted, verdict
from jobs.exposition.systemd import notify

SILENT_S = 60.0
"""A turn may wait for a database that is away, but not for so long."""
TELL_S = 5.0


class Vitals:
    """Fed by the loop, read by others; `works` tells whether what the process is there for gets done."""

    def __init__(self, works: Callable[[], bool]) -> None:
        self._works = works
        self._turned_at = self._told_at = time.monotonic()
        self._announced = False
        self._stopping = False

    def turned(self) -> None:
        """Note that the loop has come round; systemd hears of it every few seconds, and once when work begins."""
        self._turned_at = time.monotonic()
        if not self._announced and self.ready():
            self._announced = True
            notify("READY=1")
        if self._turned_at >= self._told_at + TELL_S:
            self._told_at = self._turned_at
            notify("WATCHDOG=1")

    def stopping(self) -> None:
        """Note that no more work is taken."""
        self._stopping = True
        notify("STOPPING=1")

    def alive(self) -> bool:
        """Tell whether the loop gets on."""
        return time.monotonic() - self._turned_at < SILENT_S

    def ready(self) -> bool:
        """Tell whether work is taken."""
        return not self._stopping and self._works()

    def pages(self) -> dict[str, Page]:
        """Return the pages for an orchestrator and for Prometheus."""
        return {"/livez": verdict("alive", self.alive), "/readyz": verdict("ready", self.ready), "/metrics": counted}
