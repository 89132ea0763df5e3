"""Which way an approval may go (domain specification, 8.5)."""

from __future__ import annotations

_NEXT: dict[str | None, frozenset[str]] = {
    None: frozenset({"PENDING"}),
    "PENDING": frozenset({"APPROVED", "REJECTED"}),
    "REJECTED": frozenset({"PENDING"}),
    "APPROVED": frozenset(),
}


def may_become(state: str | None, target: str) -> bool:
    """Whether an approval in a state, None for one that was never asked for, may become another."""
    return target in _NEXT[state]
