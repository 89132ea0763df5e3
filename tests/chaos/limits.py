"""What the ledger tells of limits: how many ran at once, how many started in a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.chaos.ledger import Line


def most_at_once(lines: Sequence[Line], deaths: Mapping[int, float]) -> int:
    """Return how many bodies ran at the same time at most; a death ends what its process ran."""
    ends = {(line.key, line.pid): line.at for line in lines if line.event == "F"}
    changes = []
    for line in lines:
        if line.event == "S":
            changes.append((line.at, 1))
            changes.append((ends.get((line.key, line.pid), deaths.get(line.pid, float("inf"))), -1))
    most = now = 0
    for _, step in sorted(changes):  # at one instant an end comes before a start
        now += step
        most = max(most, now)
    return most


def most_starts(lines: Sequence[Line], window_s: float) -> int:
    """Return how many bodies started within any window of this length at most."""
    starts = sorted(line.at for line in lines if line.event == "S")
    most = first = 0
    for last, at in enumerate(starts):
        while starts[first] < at - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
