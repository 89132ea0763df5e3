"""The rows of chaos.md, one module each: `run(world)` breaks something; the verdict is drawn after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where a row is, and what its processes are started with."""

    module: str
    lease_s: int = 15
    environment: Mapping[str, str] = field(default_factory=dict)


ROWS = {
    1: Row(module="killed_workers"),
    6: Row(module="wiped_redis"),
}
