"""How long the work stood still after a fault, by the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from tests.chaos.ledger import Line, by_key


def rerun_after(lines: Sequence[Line], *, pid: int, at: float, last: bool = True) -> float | None:
    """Return after how many seconds the last (first) job of a lost process was started again; None if it ran none.

    A job that has lost its worker runs alone in its next process: of several the last waits for the others.
    """
    done = {(line.key, line.pid) for line in lines if line.event == "F"}
    waits = []
    for key, starts in by_key(lines, "S").items():
        if (key, pid) in done or not any(s.pid == pid and s.at <= at for s in starts):
            continue
        again = [s.at - at for s in starts if s.at > at]
        if again:
            waits.append(min(again))
    return (max if last else min)(waits, default=None)


def effect_after(lines: Sequence[Line], at: float) -> float | None:
    """Return after how many seconds the first effect was had, None for never."""
    return min((line.at - at for line in lines if line.event == "F" and line.at > at), default=None)
