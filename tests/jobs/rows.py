"""Job rows as the doors find them."""

from typing import Any

from django.utils import timezone

from jobs.models import Job
from jobs.states import FINISHED, State


def a_job(state: str = State.WAITING, **fields: Any) -> Job:
    """Insert a job in a state, finished now if the state is final."""
    made: dict[str, Any] = {"queue": "calculation", "actor": "process-calculation", "state": state}
    if state in FINISHED:
        made["finished_at"] = timezone.now()
    made |= fields
    return Job.objects.create(**({"job_id": f"calc-{Job.objects.count()}"} | made))
