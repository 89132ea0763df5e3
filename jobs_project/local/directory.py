"""A directory that one process at a time works in, however the one before it ended."""

import fcntl
import itertools
import os
from pathlib import Path
from typing import Self

from jobs_project.local.errors import DirectoryInUse


class OwnDirectory:
    """A directory held by a file lock, which the kernel drops when its holder dies.

    So whatever still lives in a directory that could be held is an orphan and may be stopped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = -1

    def hold(self) -> Self:
        """Create the directory, closed to other users, and lock it. Raises DirectoryInUse."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise DirectoryInUse(self.path) from None
        self._handle = handle
        return self

    def release(self) -> None:
        """Let the next process in."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def hold_first_free(path: Path) -> OwnDirectory:
    """Hold `path`, or the first of path-2, path-3 … that no living process holds."""
    for number in itertools.count(1):
        candidate = path if number == 1 else path.with_name(f"{path.name}-{number}")
        try:
            return OwnDirectory(candidate).hold()
        except DirectoryInUse:
            continue
    raise AssertionError("itertools.count does not end")
