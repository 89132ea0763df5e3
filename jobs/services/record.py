"""Records what runs left: outcomes, progress and log lines, one transaction a flush."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db import DataError, IntegrityError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.conf import jobs_settings
from jobs.outcome import Outcome
from jobs.rows.dialect import POSTGRESQL, bound_transaction
from jobs.rows.progress import write_logs, write_progress
from jobs.rows.record import Written
from jobs.rows.record import record as record_rows
from jobs.rows.standing import Standing, standings
from jobs.services.follow import Followed, follow
from jobs.states import FINISHED, State

logger = logging.getLogger("jobs.recorder")
_STATES = {str(state): state for state in State}


@dataclass(frozen=True, slots=True)
class Flush:
    """What waits to be written: outcomes, (id, generation, progress), (id, attempt, line)."""

    outcomes: list[Outcome] = field(default_factory=list)
    progress: list[tuple[str, int, str]] = field(default_factory=list)
    lines: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a flush: written (with the row's new state), to be tried again, and refused by the fence.

    `followed` tells of the jobs that waited for those written.
    """

    written: list[tuple[Outcome, State]] = field(default_factory=list)
    again: list[Outcome] = field(default_factory=list)
    refused: list[tuple[Outcome, Standing | None]] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)


def record(connection: BaseDatabaseWrapper, flush: Flush, *, process: str) -> Recorded:
    """Write a flush. Raises database errors that concern all of it; one outcome that cannot be stored is set aside.

    Repeating a flush whose commit is unknown is safe: what was written is then refused, and read as written.
    """
    try:
        recorded = _write(connection, flush, process)
    except (DataError, IntegrityError, ValueError, UnicodeError) as error:
        if len(flush.outcomes) <= 1:
            return _set_aside(connection, flush, process, error)
        return _one_by_one(connection, flush, process)
    return recorded


def _write(connection: BaseDatabaseWrapper, flush: Flush, process: str) -> Recorded:
    expected = any(outcome.in_flow for outcome in flush.outcomes)
    alone = connection.vendor == POSTGRESQL and not (flush.progress or flush.lines or expected)
    if alone:
        written = record_rows(connection, flush.outcomes, process=process)  # one statement is one transaction
        return _sort(connection, flush.outcomes, written, process, _follow_late(connection, written))
    with transaction.atomic(using=connection.alias):
        bound_transaction(connection, seconds=jobs_settings().lease_s / 2)
        if flush.progress:
            write_progress(connection, flush.progress, process=process)
        if flush.lines:
            write_logs(connection, flush.lines)
        written = record_rows(connection, flush.outcomes, process=process) if flush.outcomes else {}
        followed = _follow(connection, written)
    return _sort(connection, flush.outcomes, written, process, followed)


def _follow(connection: BaseDatabaseWrapper, written: dict[str, Written]) -> list[Followed]:
    """Move the jobs that waited for those written; without flows nothing is asked."""
    ended = {id_: state for id_, (state, in_flow) in written.items() if in_flow and state in FINISHED}
    return [follow(connection, ended)] if ended else []


def _follow_late(connection: BaseDatabaseWrapper, written: dict[str, Written]) -> list[Followed]:
    """Do it for jobs that came into a flow while they ran; a process that dies before leaves it to the caretaker."""
    if not any(in_flow for _, in_flow in written.values()):
        return []
    with transaction.atomic(using=connection.alias):
        return _follow(connection, written)


def _sort(
    connection: BaseDatabaseWrapper,
    outcomes: Sequence[Outcome],
    written: dict[str, Written],
    process: str,
    followed: list[Followed],
) -> Recorded:
    recorded = Recorded(followed=followed)
    missing = [o for o in outcomes if o.id not in written]
    found = standings(connection, [o.id for o in missing]) if missing else {}
    for outcome in outcomes:
        if outcome.id in written:
            recorded.written.append((outcome, _STATES[written[outcome.id][0]]))
            continue
        row = found.get(outcome.id)
        if row and row.held_by(process) and row.generation == outcome.generation:
            recorded.again.append(outcome)  # locked by somebody just now
        elif row and row.state == outcome.state and row.worker == process and _is_mine(row, outcome):
            recorded.written.append((outcome, row.state))  # by complete(), or by a commit whose answer was lost
        else:
            recorded.refused.append((outcome, row))
    return recorded


def _is_mine(row: Standing, outcome: Outcome) -> bool:
    handed_back = outcome.state in (State.WAITING, State.DELAYED)
    return row.generation == outcome.generation + (1 if handed_back else 0)


def _one_by_one(connection: BaseDatabaseWrapper, flush: Flush, process: str) -> Recorded:
    """Write each outcome alone, so that one that cannot be stored does not keep the others back."""
    recorded = Recorded()
    for outcome in flush.outcomes:
        part = record(connection, Flush(outcomes=[outcome]), process=process)
        recorded.written.extend(part.written)
        recorded.again.extend(part.again)
        recorded.refused.extend(part.refused)
        recorded.followed.extend(part.followed)
    for progress in flush.progress:
        record(connection, Flush(progress=[progress]), process=process)
    for line in flush.lines:
        record(connection, Flush(lines=[line]), process=process)
    return recorded


def _set_aside(connection: BaseDatabaseWrapper, flush: Flush, process: str, error: Exception) -> Recorded:
    """Record that an outcome could not be stored: the job fails with that reason, and is not run again for it."""
    logger.error("An outcome or report cannot be stored (%s: %s)", type(error).__name__, error)
    if not flush.outcomes:
        return Recorded()
    outcome = replace(
        flush.outcomes[0],
        state=State.FAILED,
        attempt_outcome="failed",
        result=None,
        error_type="OutcomeNotStored",
        error="The run ended, but the database refused to store what it returned or raised.",
        traceback="",
    )
    return _write(connection, Flush(outcomes=[outcome]), process)
