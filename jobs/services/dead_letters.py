"""Dead letters by what went wrong: the same failure a thousand times is one line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db.models import CharField, Count, Max, Min, QuerySet
from django.db.models.functions import Cast, TruncHour

from jobs.job_filter import JobFilter
from jobs.states import State

if TYPE_CHECKING:
    from jobs.models import Job

KEY: Final = ("queue", "actor", "error_type", "fingerprint")
MOST: Final = 200
"""Groups on a page: the largest ones."""
HOURS: Final = 24
VERSIONS_FROM: Final = 50
"""Worker processes that are asked for their version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Dead letters that failed alike. `trend` counts them by hour, the last one being now."""

    queue: str
    actor: str
    error_type: str
    fingerprint: str
    count: int
    first_at: datetime
    last_at: datetime
    sample: str
    error: str = ""
    tenants: dict[str, int] = field(default_factory=dict)
    trend: tuple[int, ...] = ()

    @property
    def wanted(self) -> JobFilter:
        """The filter that finds these jobs, for an operation."""
        return wanted_group({name: getattr(self, name) for name in KEY})


def wanted_group(key: Mapping[str, str]) -> JobFilter:
    """Return the filter of the group that has this key, be there any of it left or not."""
    return JobFilter(
        states=(State.FAILED,),
        queue=key["queue"],
        actor=key["actor"],
        error_type=key["error_type"],
        fingerprint=key["fingerprint"],
    )


def groups(*, now: datetime, **narrowed: Any) -> list[Group]:
    """Return the groups, the largest first; `narrowed` to columns of a job (queue, actor, tenant, fingerprint …).

    Reads the dead letters by their own index, never the job table as a whole.
    """
    letters = dead_letters(**narrowed)
    found = (
        letters.values(*KEY)
        .annotate(
            count=Count("pk"),
            first_at=Min("finished_at"),
            last_at=Max("finished_at"),
            sample=Max(Cast("pk", CharField())),
        )
        .order_by("-count", *KEY)[:MOST]
    )
    rows = list(found)
    errors = _errors([row["sample"] for row in rows])
    tenants = _tenants(letters)
    trends = _trends(letters, now)
    return [
        Group(**row, error=errors.get(_bare(row["sample"]), ""), tenants=tenants[_key(row)], trend=trends[_key(row)])
        for row in rows
    ]


def dead_letters(**narrowed: Any) -> QuerySet[Job]:
    """Return the failed jobs, through the partial index that holds only them."""
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.all()
    return jobs.exclude(fingerprint="").filter(state=State.FAILED, finished_at__isnull=False, **narrowed)


def versions(group: Group) -> list[str]:
    """Return the code versions of the processes that ran the group's latest jobs, as far as these are still known."""
    key = {name: getattr(group, name) for name in KEY}
    workers = dead_letters(**key).exclude(worker=None).order_by("-finished_at").values_list("worker", flat=True)
    processes = apps.get_model("jobs", "Process").objects.filter(pk__in=set(workers[:VERSIONS_FROM]))
    return sorted({version for version in processes.values_list("version", flat=True) if version})


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in KEY)


def _bare(id_: str) -> str:
    return id_.replace("-", "")


def _errors(samples: list[str]) -> dict[str, str]:
    jobs = apps.get_model("jobs", "Job").objects.filter(pk__in=samples)
    return {pk.hex: error for pk, error in jobs.values_list("pk", "error")}


def _tenants(letters: QuerySet[Job]) -> dict[tuple[str, ...], dict[str, int]]:
    found: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in letters.values(*KEY, "tenant").annotate(n=Count("pk")).order_by():
        found[_key(row)][row["tenant"]] = row["n"]
    return defaultdict(dict, {key: dict(counts.most_common()) for key, counts in found.items()})


def _trends(letters: QuerySet[Job], now: datetime) -> dict[tuple[str, ...], tuple[int, ...]]:
    hour = now.replace(minute=0, second=0, microsecond=0)
    begin = hour - timedelta(hours=HOURS - 1)
    recent = letters.filter(finished_at__gte=begin).annotate(hour=TruncHour("finished_at"))
    found: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * HOURS)
    for row in recent.values(*KEY, "hour").annotate(n=Count("pk")).order_by():
        place = int((row["hour"] - begin) / timedelta(hours=1))
        if 0 <= place < HOURS:
            found[_key(row)][place] = row["n"]
    return defaultdict(tuple, {key: tuple(counts) for key, counts in found.items()})
