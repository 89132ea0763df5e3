"""A Valkey whose persistence the row chooses."""

from __future__ import annotations

import os
from pathlib import Path

from jobs_project.local.valkey import Valkey

MODES = {
    "always": {"appendonly": "yes", "appendfsync": "always"},
    "everysec": {"appendonly": "yes", "appendfsync": "everysec"},
    "none": {"appendonly": "no"},
}


class Store(Valkey):
    """A private server on one socket for its whole life, through kills and changes of mode."""

    mode = "everysec"

    def _flags(self) -> list[str]:
        chosen = [word for name, value in MODES[self.mode].items() for word in (f"--{name}", value)]
        return [*super()._flags(), *chosen]  # the last of two equal flags counts

    def cut_back(self, share: float) -> int:
        """Cut the end off the append-only file of the killed server: it will be older than we know."""
        files: list[Path] = sorted(self.directory.path.glob("appendonlydir/*.incr.aof"))
        size = files[-1].stat().st_size
        os.truncate(files[-1], int(size * (1 - share)))
        return size - files[-1].stat().st_size
