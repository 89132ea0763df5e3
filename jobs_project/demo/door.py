"""Asks the running web server what an operator would ask: the counters of all queues, over HTTP with a token."""

from collections.abc import Iterator

import requests
from django.contrib.auth import get_user_model
from knox.models import AuthToken

from jobs.states import State
from jobs_project.demo.errors import DoorClosed
from jobs_project.demo.tally import Counts

PATIENCE = 30.0  # seconds


def metrics(address: str) -> Counts:
    """Return what `GET /api/jobs/metrics` answers to a superuser's token. Raises DoorClosed."""
    operator = get_user_model().objects.create_superuser(username="operator")
    _, token = AuthToken.objects.create(operator)
    with requests.Session() as session:
        session.trust_env = False  # no proxy between us and ourselves
        try:
            answer = session.get(
                f"http://{address}/api/jobs/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            raise DoorClosed(error) from error
    counters: Counts = answer.json()["metrics"]
    return counters


def door_faults(counters: Counts, counts: Counts) -> Iterator[str]:
    """Yield a fault for each queue whose counters over HTTP are not those of the rows."""
    for queue, row in counts.items():
        seen, there = counters.get(queue, {}).get("completed"), row.get(State.COMPLETED, 0)
        if seen != there:
            yield f"the API counts {seen} completed jobs of queue {queue}, there are {there}"
