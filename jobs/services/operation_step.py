"""One bounded step of an operation: its jobs, their outcomes and the cursor move in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from jobs.operator import Operator
from jobs.rows.dialect import bound_transaction, wrapper
from jobs.rows.standing import standings
from jobs.services.change import bring_forward, reprioritise
from jobs.services.discard import discard
from jobs.services.operate import bring_back, call_off
from jobs.services.operator_audit import Moved
from jobs.states import FINISHED, PENDING, State

if TYPE_CHECKING:
    from jobs.models import Operation

STEP = 1_000
"""Jobs a step."""
LATEST = 1_000
"""Jobs by which it is judged whether a retry goes wrong."""
FEWEST = 5
"""Fewer that have ended prove nothing."""
STEP_S, FROZEN_S = 30.0, 5.0
"""A step whose statement takes longer, or whose process stands still between two, gives its locks up; it is done anew.
"""

ELIGIBLE: Final[Mapping[str, Sequence[str]]] = {
    "retry": FINISHED,
    "cancel": (*PENDING, State.ACTIVE),
    "delete": (*PENDING, *FINISHED),
    "promote": (State.DELAYED,),
    "priority": PENDING,
}
"""States from which an action moves a job."""


Move = Callable[["Operation", Sequence[str], Sequence[str], str], list[Moved]]


def _cancel(operation: Operation, ids: Sequence[str], states: Sequence[str], using: str) -> list[Moved]:
    by = Operator(user_id=operation.user_id)
    return call_off(ids, states=states, by=by, reason=operation.reason, using=using)


def _priority(operation: Operation, ids: Sequence[str], states: Sequence[str], using: str) -> list[Moved]:
    return reprioritise(ids, priority=operation.arguments["priority"], states=states, using=using)


_MOVES: Final[Mapping[str, Move]] = {
    "retry": lambda _, ids, states, using: bring_back(ids, states=states, using=using),
    "cancel": _cancel,
    "delete": lambda _, ids, states, using: discard(ids, states=states, using=using),
    "promote": lambda _, ids, __, using: bring_forward(ids, using=using),
    "priority": _priority,
}


def take_step(operation: UUID, *, at_most: int = STEP, wait: bool = True, using: str = "default") -> int:
    """Deal with the next `at_most` jobs of a running operation; return how many, 0 if there was nothing to do (yet).

    Safe at any time, from any process: the operation's row is locked, and a step that does not commit has not been.
    A job that no longer matches is skipped, and says why. Without `wait` there is nothing to do while another process
    takes a step: it may be frozen.
    """
    skip = not wait and bool(wrapper(using).features.has_select_for_update_skip_locked)
    with transaction.atomic(using=using):
        bound_transaction(wrapper(using), seconds=STEP_S)
        bound_transaction(wrapper(using), seconds=FROZEN_S, statements=False)
        operations = apps.get_model("jobs", "Operation").objects.using(using).filter(pk=operation, state="running")
        row: Operation | None = operations.annotate(now=Now()).select_for_update(skip_locked=skip).first()
        allowed = min(at_most, _allowed(row)) if row else 0
        if row is None or allowed < 1:
            return 0
        if why := goes_wrong(row, using=using):
            operations.update(state="stopped", stopped_because=why, finished_at=Now())
            return 0
        rest = row.rows.filter(pk__gt=row.cursor).order_by("pk")
        due = dict(rest.values_list("pk", "job_id")[:allowed])
        moved = _move(row, [str(job) for job in due.values()], using)
        skipped = _note(row, due, moved, using)
        cursor = max(due, default=row.cursor)
        operations.update(
            done=F("done") + len(due) - skipped, skipped=F("skipped") + skipped, cursor=cursor, stepped_at=Now()
        )
        if not rest.filter(pk__gt=cursor).exists():
            operations.update(state="finished", finished_at=Now())
    return len(due)


def goes_wrong(operation: Operation, *, using: str = "default") -> str:
    """Return why a retry should not go on: too many of its latest jobs have failed again; empty if it may."""
    if operation.stop_above is None:
        return ""
    dealt = operation.rows.filter(pk__lte=operation.cursor, outcome="done").order_by("-pk")
    latest = list(dealt.values_list("job_id", flat=True)[:LATEST])
    ended = apps.get_model("jobs", "Job").objects.using(using).filter(pk__in=latest, state__in=FINISHED)
    counts = Counter(ended.values_list("state", flat=True))
    if counts.total() < FEWEST or counts[State.FAILED] <= operation.stop_above * counts.total():
        return ""
    return f"{counts[State.FAILED]} of the {counts.total()} jobs that have ended failed again"


def _allowed(operation: Any) -> int:
    """Return how many jobs the throttle lets through now; what was not used for over a second is lost."""
    if operation.per_second is None:
        return STEP
    waited = min(1.0, (operation.now - operation.stepped_at).total_seconds())
    return min(STEP, int(waited * operation.per_second))


def _move(operation: Operation, ids: Sequence[str], using: str) -> set[str]:
    wanted = operation.filter.get("states")
    states = [state for state in ELIGIBLE[operation.action] if wanted is None or state in wanted]
    return {job.id for job in _MOVES[operation.action](operation, ids, states, using)}


def _note(operation: Operation, due: Mapping[int, UUID], moved: set[str], using: str) -> int:
    """Write the outcomes; return how many jobs were skipped."""
    left = {pk: str(job) for pk, job in due.items() if str(job) not in moved}
    now = standings(wrapper(using), list(left.values())) if left else {}
    reasons: dict[str, list[int]] = defaultdict(list)
    for pk, job in left.items():
        reasons[f"it is {now[job].state}" if job in now else "it is gone"].append(pk)
    mine = operation.rows.filter(pk__gt=operation.cursor, pk__lte=max(due, default=0))
    mine.exclude(pk__in=left).update(outcome="done")
    for why, rows in reasons.items():
        mine.filter(pk__in=rows).update(outcome="skipped", why=why)
    return len(left)
