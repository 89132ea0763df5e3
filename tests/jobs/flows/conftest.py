"""What the tests of flows share."""

from __future__ import annotations

from jobs import FlowHandle
from jobs.models import Edge, Job
from jobs.states import State
from tests.probe.actors import Gather


def states(flow: FlowHandle) -> list[str]:
    """Return the states of a flow's jobs, in the order of its plan."""
    rows = dict(Job.objects.filter(pk__in=[job.id for job in flow.jobs]).values_list("pk", "state"))
    return [next(state for pk, state in rows.items() if str(pk) == job.id) for job in flow.jobs]


def open_edges() -> int:
    """Return how many edges have not ended."""
    return Edge.objects.filter(ended="").count()


def a(name: str, *, fails: bool = False, tenant: str = "") -> Gather:
    """Return a payload that returns its name and what its children left, or fails."""
    return Gather(name=name, fails=fails, tenant_id=tenant)


def mend(*jobs: str) -> None:
    """Let jobs that fail as told succeed from now on, as a fixed cause does."""
    for job in Job.objects.filter(pk__in=jobs):
        Job.objects.filter(pk=job.pk).update(payload={**job.payload, "fails": False})


BLOCKED, WAITING, COMPLETED = State.BLOCKED, State.WAITING, State.COMPLETED
FAILED, CANCELLED = State.FAILED, State.CANCELLED
