"""Reads what became of the jobs that a job has waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A job that another one waits for. `ended` says how it ended for the one that waits, empty while it has not.

    That may be "freed" (an operator let the other one go), or "deleted", and then there is no more to know.
    """

    id: str
    ended: str
    on_failure: str
    job_id: str = ""
    queue: str = ""
    actor: str = ""
    state: str = ""
    result: Any = None
    error: str = ""


_FIELDS = ("job_id", "queue", "actor", "state", "result", "error")


def children(job: str | UUID, *, using: str = "default") -> list[Child]:
    """Return the children of a job with their results, in the order in which it was told to wait for them."""
    edges = apps.get_model("jobs", "Edge").objects.using(using).filter(parent=UUID(str(job))).order_by("pk")
    found = list(edges.values_list("child", "ended", "on_failure"))
    jobs = apps.get_model("jobs", "Job").objects.using(using).filter(pk__in=[child for child, _, _ in found])
    rows = {row["pk"]: row for row in jobs.values("pk", *_FIELDS)}
    return [
        Child(id=str(child), ended=ended, on_failure=policy, **{name: rows[child][name] for name in _FIELDS})
        if child in rows
        else Child(id=str(child), ended=ended, on_failure=policy)
        for child, ended, policy in found
    ]
