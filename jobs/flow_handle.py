"""A flow as its caller sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.apps import apps
from django.db.models import Count

from jobs.handle import JobHandle
from jobs.operator import SYSTEM, Operator
from jobs.services.flows import cancel_flow, retry_flow
from jobs.states import FINISHED, State


class FlowHandle:
    """A flow: its jobs in the order of its plan, and how they stand at the moment of asking."""

    __slots__ = ("created", "id", "jobs", "using")

    def __init__(self, id_: str, *, created: bool, jobs: Sequence[JobHandle], using: str = "default") -> None:
        self.id, self.created, self.jobs, self.using = id_, created, list(jobs), using

    @property
    def last(self) -> JobHandle:
        """The job planned last."""
        return self.jobs[-1]

    def counts(self) -> dict[str, int]:
        """Return how many jobs are in each state, read now."""
        jobs = apps.get_model("jobs", "Job").objects.using(self.using).filter(flow=UUID(self.id))
        found = jobs.values_list("state").annotate(count=Count("pk"))
        return dict.fromkeys(State, 0) | Counter(dict(found))

    @property
    def finished(self) -> bool:
        """Whether no job is left to do, read now."""
        return not any(count for state, count in self.counts().items() if state not in FINISHED)

    def cancel(self, *, by: Operator = SYSTEM, reason: str = "") -> int:
        """Cancel all that has not finished; return how many jobs that concerns."""
        return cancel_flow(self.id, by=by, reason=reason, using=self.using)

    def retry(self, *, by: Operator = SYSTEM, reason: str = "") -> int:
        """Bring all that failed or was cancelled back, in its order; return how many jobs that concerns."""
        return retry_flow(self.id, by=by, reason=reason, using=self.using)

    def __repr__(self) -> str:
        return f"<FlowHandle {self.id} {'new' if self.created else 'known'}>"
