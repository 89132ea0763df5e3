"""The life of one job as phases: when it waited, when it ran, how each run ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from jobs.states import FINISHED, State

if TYPE_CHECKING:
    from jobs.models import Attempt, Job

WIDE: Final = 1_000
"""What a whole life measures in `place` and `width`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of a job's life. `tone` is wait, run, good or bad; place and width are parts of WIDE."""

    words: str
    tone: str
    began_at: datetime
    lasted: timedelta
    detail: str = ""
    place: int = 0
    width: int = 0


def timeline(job: Job, attempts: Sequence[Attempt], *, now: datetime) -> list[Phase]:
    """Return the phases in their order. Of runs without a start (a lost worker's) only the end is known."""
    found: list[Phase] = []
    since = job.created_at
    for attempt in attempts:
        started = attempt.started_at or attempt.ended_at
        found += _wait(since, started)
        tone = "bad" if attempt.outcome in ("failed", "lost") else "run"
        words = f"Attempt {attempt.number}: {attempt.get_outcome_display()}"
        detail = f"{attempt.error_type}: {attempt.error}".strip(": ")[:200]
        found.append(Phase(words=words, tone=tone, began_at=started, lasted=attempt.ended_at - started, detail=detail))
        since = attempt.ended_at
    found += _last(job, since, now, recorded=bool(attempts))
    return _scaled(found)


def _wait(since: datetime, until: datetime) -> list[Phase]:
    if until - since < timedelta(milliseconds=1):
        return []
    return [Phase(words="Waited", tone="wait", began_at=since, lasted=until - since)]


def _last(job: Job, since: datetime, now: datetime, *, recorded: bool) -> list[Phase]:
    """Return what the attempts do not tell: the run that goes on or completed, or the wait that lasts."""
    if job.state == State.ACTIVE and job.started_at:
        running = Phase(words="Running", tone="run", began_at=job.started_at, lasted=max(now - job.started_at, _NONE))
        return [*_wait(since, job.started_at), running]
    if job.state == State.COMPLETED and job.started_at and job.finished_at:
        ran = job.finished_at - job.started_at
        return [
            *_wait(since, job.started_at),
            Phase(words="Completed", tone="good", began_at=job.started_at, lasted=ran),
        ]
    if job.state in FINISHED:
        if recorded or job.finished_at is None:
            return []
        return [Phase(words=job.state.capitalize(), tone="bad", began_at=since, lasted=job.finished_at - since)]
    return [Phase(words=job.state.capitalize(), tone="wait", began_at=since, lasted=max(now - since, _NONE))]


_NONE: Final = timedelta()


def _scaled(phases: list[Phase]) -> list[Phase]:
    """Give each phase its place and width in proportion to time, none too thin to be seen."""
    if not phases:
        return []
    begin = phases[0].began_at
    whole = max(phase.began_at + phase.lasted for phase in phases) - begin
    unit = WIDE / max(whole.total_seconds(), 0.001)
    return [
        Phase(
            words=phase.words,
            tone=phase.tone,
            began_at=phase.began_at,
            lasted=phase.lasted,
            detail=phase.detail,
            place=min(WIDE - 6, round((phase.began_at - begin).total_seconds() * unit)),
            width=max(6, round(phase.lasted.total_seconds() * unit)),
        )
        for phase in phases
    ]
