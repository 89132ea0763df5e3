"""Tells whether an installation can do its work now: what `/readyz` answers and the doctor begins with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

import redis
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.db.models.functions import Now

from jobs.conf import jobs_settings
from jobs.dispatch.connect import connect

LOOK_S = 2.0
"""For how long Redis may take to answer a probe."""

_migrated = Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a look at one thing has found; `said` is for people who operate the installation."""

    ok: bool
    said: str


def readiness(exclude: Collection[str] = ()) -> dict[str, Finding]:
    """Return a finding by name of `LOOKS`, without those excluded; none takes longer than a few seconds."""
    found: dict[str, Finding] = {}
    for name, look in LOOKS.items():
        if name in exclude:
            continue
        try:
            found[name] = look()
        except (Error, redis.RedisError, OSError) as error:
            found[name] = Finding(ok=False, said=f"{type(error).__name__}: {error}".strip())
    return found


def _database() -> Finding:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(ok=True, said="answers")


def _redis() -> Finding:
    if not jobs_settings().dispatch:
        return Finding(ok=True, said="not used")
    with connect(settings.REDIS_URL, timeout_s=LOOK_S) as client:
        client.ping()
    return Finding(ok=True, said="answers")


def _migrations() -> Finding:
    """Look for steps that this code has and the database lacks; once there are none, there never will be again."""
    if not _migrated.is_set():
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        missing = [step for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        if missing:
            first = f"{missing[0].app_label}.{missing[0].name}"
            return Finding(ok=False, said=f"{len(missing)} are not applied, the first is {first}")
        _migrated.set()
    return Finding(ok=True, said="all are applied")


def _outcomes() -> Finding:
    """Look for a worker process that takes nothing more, since too many of its outcomes wait for the database."""
    alive = apps.get_model("jobs", "Process").objects.filter(fenced_at=None, lease_until__gt=Now())
    most: Any = alive.aggregate(most=Max("unrecorded"))["most"] or 0
    limit = jobs_settings().max_unrecorded
    return Finding(ok=most <= limit, said=f"at most {most} wait in one process (limit {limit})")


LOOKS: Final[Mapping[str, Callable[[], Finding]]] = {
    "database": _database,
    "redis": _redis,
    "migrations": _migrations,
    "outcomes": _outcomes,
}
