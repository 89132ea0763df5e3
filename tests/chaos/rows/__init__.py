"""The rows of chaos.md, one module each: `run(world)` breaks something; the verdict is drawn after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where a row is, and what its processes are started with."""

    module: str
    lease_s: int = 15
    takes_s: int = 60
    """About how long: of many rows the longest start first."""
    environment: Mapping[str, str] = field(default_factory=dict)


ROWS: dict[int | str, Row] = {
    1: Row(module="killed_workers", takes_s=200),
    2: Row(module="killed_hosts", lease_s=5),
    3: Row(module="stopped_crews"),
    4: Row(module="poison", lease_s=2, environment={"JOBS_HARD_LIMIT_GRACE_MS": "1000", "JOBS_SILENT_S": "3"}),
    5: Row(module="crashed_redis"),
    6: Row(module="wiped_redis"),
    7: Row(module="absent_redis"),
    8: Row(module="lost_replies", lease_s=6),
    9: Row(module="crashed_database"),
    10: Row(module="unanswered_enqueues"),
    11: Row(module="frozen_hosts", lease_s=5),
    12: Row(module="wrong_clocks", lease_s=5),
    13: Row(module="one_key"),
    14: Row(module="retried_masses", takes_s=150),
    15: Row(module="operators"),
    16: Row(module="mixed_versions"),
    17: Row(module="transactions"),
    18: Row(module="two_caretakers"),
    19: Row(module="killed_holders", lease_s=5),
    20: Row(module="retention", takes_s=150),
    21: Row(module="partitioned_hosts", lease_s=5),
    22: Row(module="model", takes_s=270),
    23: Row(module="soak", lease_s=5, environment={"JOBS_HARD_LIMIT_GRACE_MS": "1000", "JOBS_SILENT_S": "5"}),
    "flows": Row(module="broken_flows", takes_s=120),
    "complete": Row(module="completed_inside", takes_s=160),
}


def row_key(text: str) -> int | str:
    """Return the key of a row as it is said on the command line: a number of chaos.md, or a name."""
    return int(text) if text.isdecimal() else text
