"""The names of all keys in Redis, one hash tag a queue.

| key | type | holds |
|---|---|---|
| ready | zset | id → (1000 − priority)·2^42 + milliseconds of the UUIDv7; ties in the order of the ids |
| delayed | zset | id → due ms·1024 + (1000 − priority) |
| active | hash | id → "process score": who took it, and where in ready it stood |
| marker | zset | one member while something is startable: BZPOPMIN on it wakes one taker |
| limits | hash | paused, max_active, max_starts, window_ms, concurrency (of a process), held_until (ms) |
| starts | zset | the starts of the last window, by ms |
| epoch | hash | run_id of the server and a random value: another run_id means a Redis that is new or older |
| settling | text | there while active entries are being put back after such a change: nothing is taken |
| groups … resting | | fair shares, see `lua/parts/groups.lua`; there only while jobs have groups |
| events | stream | capped |
| listeners | text | there while somebody listens to events: `add` publishes too |
"""

from __future__ import annotations

from dataclasses import dataclass

RANK = 2**42
"""Width of one priority in a ready score: milliseconds since 1970 fit until the year 2109."""

LANES = 1024
"""Width of a millisecond in a delayed score: 1001 priorities fit."""


@dataclass(frozen=True, slots=True)
class QueueKeys:
    """The keys of one queue."""

    prefix: str
    queue: str

    def _key(self, part: str) -> str:
        return f"{self.prefix}:{{{self.queue}}}:{part}"

    @property
    def marker(self) -> str:
        """The wake-up zset."""
        return self._key("marker")

    @property
    def active(self) -> str:
        """The hash of taken ids."""
        return self._key("active")

    @property
    def events(self) -> str:
        """The event stream."""
        return self._key("events")

    @property
    def listeners(self) -> str:
        """The key that is there while somebody listens."""
        return self._key("listeners")

    @property
    def settling(self) -> str:
        """The key that stops all taking while active entries are put back."""
        return self._key("settling")

    def all(self) -> list[str]:
        """Return the keys in the order in which every script takes them."""
        return [
            self._key(part)
            for part in ("ready", "delayed", "active", "marker", "limits", "starts", "epoch", "settling")
        ]


def inbox_key(prefix: str, process: str) -> str:
    """Return the zset that wakes one process and carries its orders (cancel, pause)."""
    return f"{prefix}:{{{process}}}:inbox"
