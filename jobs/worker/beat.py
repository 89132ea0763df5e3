"""Tells the registry every few seconds how a worker process does."""

from __future__ import annotations

import logging
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections

from jobs.conf import jobs_settings
from jobs.rows.beat import write_beat
from jobs.rows.dialect import wrapper

logger = logging.getLogger("jobs.recorder")
EVERY_S = 5.0
_STATM = Path("/proc/self/statm")


class Beat:
    """One process's entry: what `busy` and `unrecorded` answer, its memory and version."""

    def __init__(self, process: str, *, busy: Callable[[], int], unrecorded: Callable[[], int]) -> None:
        self.process, self._busy, self._unrecorded = process, busy, unrecorded
        self._next_at = 0.0

    def write_if_due(self) -> None:
        """Write every five seconds; without a database the next time."""
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + EVERY_S
        try:
            write_beat(
                wrapper(DEFAULT_DB_ALIAS),
                self.process,
                busy=self._busy(),
                unrecorded=self._unrecorded(),
                memory_bytes=memory_bytes(),
                version=jobs_settings().version,
            )
        except Error as error:
            logger.info("The registry waits for the database (%s)", error)
            close_old_connections()


def memory_bytes() -> int:
    """Return this process's resident memory; its highest so far where the system tells no other."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
