"""What a worker process leaves in shared memory: two signs of life, its jobs so far, each thread's hard deadline.

A job that holds the GIL stops the counters, not the memory: the supervisor reads there until when it may.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import time

_COUNTER = struct.Struct("=q")
_HEAD = struct.Struct("=qqq")
_SLOT = struct.Struct("=d")
MAX_SLOTS = 512


class Pulse:
    """Written by the worker process, read by its supervisor; a plain inherited file, so no name to clean up."""

    def __init__(self, fd: int | None = None) -> None:
        if fd is None:
            with tempfile.TemporaryFile() as file:
                fd = os.dup(file.fileno())
            os.ftruncate(fd, _HEAD.size + MAX_SLOTS * _SLOT.size)
        self.fd = fd
        self._memory = mmap.mmap(fd, _HEAD.size + MAX_SLOTS * _SLOT.size)

    def io_lives(self, ticks: int, *, ran: int) -> None:
        """Show that the I/O thread gets on, and how many jobs the process has run."""
        _COUNTER.pack_into(self._memory, 0, ticks)
        _COUNTER.pack_into(self._memory, 2 * _COUNTER.size, ran)

    def recorder_lives(self, ticks: int) -> None:
        """Show that the recorder gets on; itself, so that no other thread can do it in its place."""
        _COUNTER.pack_into(self._memory, _COUNTER.size, ticks)

    def start(self, slot: int, limit_s: float) -> None:
        """Show that a thread may run until `limit_s` from now."""
        _SLOT.pack_into(self._memory, _HEAD.size + slot * _SLOT.size, time.monotonic() + limit_s)

    def stop(self, slot: int) -> None:
        """Show that a thread runs nothing."""
        _SLOT.pack_into(self._memory, _HEAD.size + slot * _SLOT.size, 0.0)

    def counters(self) -> tuple[int, int]:
        """Return both counters."""
        counters = _HEAD.unpack_from(self._memory, 0)
        return counters[0], counters[1]

    def ran(self) -> int:
        """Return how many jobs the process has run."""
        return int(_COUNTER.unpack_from(self._memory, 2 * _COUNTER.size)[0])

    def deadlines(self) -> list[float]:
        """Return the hard deadlines (`time.monotonic`) of what runs."""
        slots = (_SLOT.unpack_from(self._memory, _HEAD.size + n * _SLOT.size)[0] for n in range(MAX_SLOTS))
        return [deadline for deadline in slots if deadline]

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
        os.close(self.fd)
