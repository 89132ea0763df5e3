"""Judges a system by the ledger alone: it may have no rows that could be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.ledger import Line, by_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Jobs enqueued, jobs without an effect, second effects without and with a reason."""

    enqueued: int
    lost: int
    unexplained: int
    explained: int


def judge(lines: Sequence[Line], kills: Sequence[tuple[int, float]]) -> Judgement:
    """Return what was lost and done twice; (pid, time) of a kill explains what comes after that process's effect."""
    enqueued, effects = by_key(lines, "E"), by_key(lines, "F")
    twice = [had[:-1] for had in effects.values()]
    explained = sum(any(pid == line.pid and at >= line.at for pid, at in kills) for had in twice for line in had)
    return Judgement(
        enqueued=len(enqueued),
        lost=len(set(enqueued) - set(effects)),
        unexplained=sum(map(len, twice)) - explained,
        explained=explained,
    )
