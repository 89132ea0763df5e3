"""Judges a run: what the ledger saw against what the rows say. Knows no Django, so that it can be tested itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.ledger import Line, by_key

FINISHED = frozenset({"completed", "failed", "cancelled"})
CHARGED = frozenset({"lost", "retry", "failed"})
UNFLUSHED_S, ORPHANED_S = 1.0, 0.5
"""A database that crashes may lose the claims of this many seconds before (they are committed without waiting for the
disk), and after: its backends take a moment to notice that their server is gone, and what they commit is never flushed.
A lost claim gives itself away: generations never fall, so a later start under the same or a lower one tells that the
row has forgotten the earlier. The time alone explains nothing.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A job's row and the outcomes of its attempts."""

    key: str
    state: str
    attempts: int
    losses: int
    outcomes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Judgement:
    """What was found; `lost` and `unexplained` are sentences that name their job."""

    enqueued: int = 0
    explained: int = 0
    lost: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that the oracle goes by."""

    lines: Sequence[Line]
    rows: Sequence[Row]
    counts: Mapping[str, int]
    """Kept counts by finished state."""
    effects: Counter[str] = field(default_factory=Counter)
    """Rows of the effect table by key; None of a key that has its effect elsewhere."""
    transactional: frozenset[str] = frozenset()
    """Keys whose effect is in the table and not in the ledger."""
    dead: frozenset[str] = frozenset()
    """Keys that must end as dead letters."""
    crashes: Sequence[float] = ()
    """When the database was killed."""
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """States in which a key may end besides completed; `gone`: its row may be deleted."""
    retried: Counter[str] = field(default_factory=Counter)
    """How often an operator has brought a finished key back: as many fresh rounds of attempts, and effects."""


def judge(evidence: Evidence) -> Judgement:
    """Return what is lost, what is done twice without a reason, and how many second effects have one."""
    committed = set(by_key(evidence.lines, "E"))
    found = Judgement(enqueued=len(committed))
    rows: dict[str, list[Row]] = {}
    for row in evidence.rows:
        rows.setdefault(row.key, []).append(row)
    found.unexplained += [f"{key}: a job that nobody has enqueued" for key in sorted(set(rows) - committed)]
    for key in sorted(committed):
        _ends_once(key, rows.get(key, []), evidence, found)
    starts, effects = by_key(evidence.lines, "S"), by_key(evidence.lines, "F")
    for row in evidence.rows:
        _effects_are_explained(row, starts.get(row.key, []), effects.get(row.key, []), evidence, found)
        _attempts_add_up(row, evidence, found)
    _counts_add_up(evidence, found)
    return found


def _ends_once(key: str, rows: Sequence[Row], evidence: Evidence, found: Judgement) -> None:
    allowed = evidence.allowed.get(key, frozenset())
    if not rows and "gone" in allowed:
        return
    if len(rows) != 1:
        found.lost.append(f"{key}: {len(rows)} rows")
        return
    wanted = "failed" if key in evidence.dead else "completed"
    if rows[0].state != wanted and rows[0].state not in allowed:
        found.lost.append(f"{key}: {rows[0].state}, not {wanted} ({rows[0].losses} losses, {rows[0].outcomes})")


def _effects_are_explained(
    row: Row, starts: Sequence[Line], effects: Sequence[Line], evidence: Evidence, found: Judgement
) -> None:
    crashed = sum(_is_forgotten(start, starts, evidence.crashes) for start in starts)
    again = evidence.retried[row.key]
    known = len(row.outcomes) + (row.state == "completed") + crashed + again
    if len(starts) > known and row.state in FINISHED:
        found.unexplained.append(f"{row.key}: {len(starts)} starts, {known} known ({_tell(starts)}; {row.outcomes})")
    if row.key in evidence.transactional:
        if evidence.effects[row.key] != (row.state == "completed"):
            found.unexplained.append(f"{row.key}: {row.state} with {evidence.effects[row.key]} effects in the table")
        return
    if row.state == "completed" and not effects:
        found.unexplained.append(f"{row.key}: completed without its effect")
    extra = len(effects) - 1 - again
    if extra > 0 and extra <= row.losses + crashed:
        found.explained += extra
    elif extra > 0:
        found.unexplained.append(f"{row.key}: {extra + 1} effects, {row.losses} losses ({_tell(effects)})")


def _is_forgotten(start: Line, starts: Sequence[Line], crashes: Sequence[float]) -> bool:
    """Tell whether a crash has lost the claim of a start."""
    return any(
        -ORPHANED_S <= crash - start.at <= UNFLUSHED_S and later.at > max(crash, start.at)
        for crash in crashes
        for later in starts
        if later.generation <= start.generation
    )


def _attempts_add_up(row: Row, evidence: Evidence, found: Judgement) -> None:
    charged = sum(outcome in CHARGED for outcome in row.outcomes) + (row.state == "completed")
    least = 0 if row.state == "cancelled" else 1  # a round that was called off may have had none
    last_round = evidence.retried[row.key] > 0 and least <= row.attempts <= charged
    if row.state in FINISHED and row.attempts != charged and not last_round:
        found.unexplained.append(f"{row.key}: {row.attempts} attempts, {charged} accounted for ({row.outcomes})")


def _counts_add_up(evidence: Evidence, found: Judgement) -> None:
    real = Counter(row.state for row in evidence.rows if row.state in FINISHED)
    for state in FINISHED:
        if real[state] != evidence.counts.get(state, 0):
            found.unexplained.append(f"{real[state]} jobs are {state}, {evidence.counts.get(state, 0)} are counted")


def _tell(lines: Iterable[Line]) -> str:
    return ", ".join(f"{line.at:.3f} by {line.pid}" for line in lines)
