"""Brings a group of dead letters back in stages: one as a canary, then a tenth, then all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.db.models import Count

from jobs.errors import InvalidOption
from jobs.job_filter import JobFilter
from jobs.operator import SYSTEM, Operator
from jobs.services.dead_letters import Group
from jobs.services.operations import start
from jobs.states import FINISHED, State

if TYPE_CHECKING:
    from jobs.models import Operation

STAGES: Final[dict[str, float]] = {"canary": 0.0, "tenth": 0.1, "all": 1.0}
"""Stage → share of the group that it retries, at least one job."""
SHOWN: Final = 10
JUDGED: Final = 10_000
"""Jobs of an operation whose present states are counted: its latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """An operation on a group, and how its jobs stand now."""

    operation: Operation
    states: dict[str, int]

    @property
    def settled(self) -> bool:
        """Whether all its jobs have ended."""
        return self.operation.state != "running" and not set(self.states) - set(FINISHED)

    @property
    def verdict(self) -> str:
        """`running`, `bad` if it was stopped or a job failed again, else `good`."""
        if not self.settled:
            return "running"
        return "bad" if self.states.get(State.FAILED) or self.operation.state == "stopped" else "good"


def share(group: Group, stage: str) -> int:
    """Return how many jobs of a group a stage retries; raises InvalidOption for an unknown stage."""
    if stage not in STAGES:
        raise InvalidOption("stage", stage, f"one of {', '.join(STAGES)}")
    return min(group.count, max(1, ceil(group.count * STAGES[stage])))


def retry_stage(
    group: Group,
    *,
    stage: str,
    per_second: int | None = None,
    stop_above: float | None = None,
    by: Operator = SYSTEM,
    reason: str = "",
) -> Operation:
    """Start the retry of a stage, the longest failed first; it stops by itself above the share of new failures.

    Raises InvalidOption.
    """
    return start(
        action="retry",
        wanted=group.wanted,
        limit=share(group, stage),
        per_second=per_second,
        stop_above=stop_above,
        by=by,
        reason=reason,
    )


def retried(wanted: JobFilter) -> list[Retried]:
    """Return the latest retries of exactly this group, the newest first; it may have nothing left."""
    operations = apps.get_model("jobs", "Operation").objects.filter(action="retry", filter=wanted.as_json())
    return [Retried(operation=row, states=states_now(row)) for row in operations.order_by("-pk")[:SHOWN]]


def next_stage(latest: Retried | None) -> tuple[str, str]:
    """Return the stage to take next, and why in words."""
    if latest is None:
        return "canary", "Begin with one."
    if latest.verdict == "running":
        return "", "Wait until the last ones have ended."
    if latest.verdict == "bad":
        return "canary", "Some failed again: mend the cause, then try one."
    if latest.operation.total == 1:
        return "tenth", "The canary completed: a tenth may follow."
    return "all", "They completed: the rest may follow."


def states_now(operation: Operation) -> dict[str, int]:
    """Return how many jobs of an operation are in which state now: of those that it moved, the latest ones."""
    moved = operation.rows.filter(outcome="done").order_by("-pk").values("job_id")[:JUDGED]
    jobs = apps.get_model("jobs", "Job").objects.filter(pk__in=moved)
    counts = Counter({row["state"]: row["n"] for row in jobs.values("state").annotate(n=Count("pk")).order_by()})
    return dict(counts.most_common())
