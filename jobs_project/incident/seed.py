"""Writes the bad night into the database; Redis hears nothing of it, which is a part of the trouble."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from jobs.fingerprint import fingerprint
from jobs.ids import new_uuid
from jobs.models import Attempt, Job, Process
from jobs.operator import Operator
from jobs.rows.count import add_counts
from jobs.services.limits import pause
from jobs.states import State
from jobs_project.incident.kinds import KINDS, Kind

TENANTS: Final = ("acme", "borealis", "cumulus")
NIGHT_SHIFT: Final = Operator(user_id="night-shift")
STEP: Final = 2_000
STRANDED: Final = 250
PAUSED: Final = 120
ABANDONED: Final = 6


def seed(*, failures: int = 20_000) -> dict[str, int]:
    """Write a bad night; return how much of each kind of trouble. A second one adds to the first."""
    chance, now = random.Random(failures), timezone.now()  # noqa: S311  # the same night each time
    parts = {
        "dead letters": _fail(failures, chance, now),
        "jobs missing in Redis": _strand("calculation", "demo-value-deal", STRANDED, chance, now),
        "jobs in a paused queue": _strand("reports", "demo-draw-report", PAUSED, chance, now),
        "jobs of a dead worker": _abandon(now),
    }
    pause("reports", by=NIGHT_SHIFT, reason="the disk is full")
    return parts


def _fail(failures: int, chance: random.Random, now: datetime) -> int:
    rows = [row for kind in KINDS for row in _dead_letters(kind, failures * kind.per_mille // 1000, chance, now)]
    for start in range(0, len(rows), STEP):
        jobs, attempts = zip(*rows[start : start + STEP], strict=True)
        with transaction.atomic():
            Job.objects.bulk_create(jobs)
            Attempt.objects.bulk_create(attempts)
            add_counts(connection, [(job.queue, job.state) for job in jobs])
    return len(rows)


def _dead_letters(kind: Kind, count: int, chance: random.Random, now: datetime) -> Iterator[tuple[Job, Attempt]]:
    error_type, error, trace = kind.failure()
    mark = fingerprint(kind.actor, error_type, trace)
    for _ in range(count):
        ended = now - timedelta(minutes=chance.uniform(kind.ended, kind.began))
        ran = timedelta(seconds=chance.uniform(0.2, 30))
        job = _job(
            kind.queue,
            kind.actor,
            chance,
            created_at=ended - ran - timedelta(minutes=chance.uniform(1, 20)),
            payload={"currency": chance.choice(["EUR", "USD", "GBP"])}
            if error_type != "KeyError"
            else {"currency": "XAU"},
            state=State.FAILED,
            attempts=kind.attempts,
            max_attempts=kind.attempts,
            generation=3,
            started_at=ended - ran,
            finished_at=ended,
            error_type=error_type,
            error=error,
            fingerprint=mark,
        )
        yield (
            job,
            Attempt(
                job=job,
                number=kind.attempts,
                generation=3,
                outcome="failed",
                started_at=ended - ran,
                ended_at=ended,
                error_type=error_type,
                error=error,
                traceback=trace,
            ),
        )


def _strand(queue: str, actor: str, count: int, chance: random.Random, now: datetime) -> int:
    """Insert waiting jobs of which Redis does not know."""
    since = [now - timedelta(minutes=chance.uniform(5, 25)) for _ in range(count)]
    Job.objects.bulk_create(
        [_job(queue, actor, chance, created_at=at, payload={"currency": "EUR"}, state=State.WAITING) for at in since]
    )
    return count


def _abandon(now: datetime) -> int:
    """Leave jobs active under a process that has not been heard of for a while."""
    last = now - timedelta(minutes=12)
    chance = random.Random(7)  # noqa: S311  # as above
    dead = Process.objects.create(
        id=new_uuid(),
        supervisor=new_uuid(),
        host="worker-7",
        pid=4711,
        queues=["ingestion"],
        threads=8,
        busy=ABANDONED,
        version="2026.11.2",
        memory_bytes=212_000_000,
        started_at=now - timedelta(hours=9),
        beat_at=last,
        lease_until=last + timedelta(seconds=15),
    )
    parts = {"state": State.ACTIVE, "worker": dead.pk, "attempts": 1, "generation": 1, "started_at": last}
    Job.objects.bulk_create(
        [_job("ingestion", "demo-fetch-prices", chance, created_at=last, payload={}, **parts) for _ in range(ABANDONED)]
    )
    return ABANDONED


def _job(
    queue: str, actor: str, chance: random.Random, *, created_at: datetime, payload: dict[str, Any], **parts: Any
) -> Job:
    key, tenant = new_uuid(), chance.choices(TENANTS, weights=(6, 3, 1))[0]
    item = f"{queue[:4]}-{chance.randrange(10**6):06d}"
    own = {name: value for name, value in payload.items() if name != "currency" or actor == "demo-value-deal"}
    return Job(
        id=key,
        queue=queue,
        actor=actor,
        tenant=tenant,
        job_id=f"{item}-{key.hex[-6:]}",
        payload={"item": item, "tenantId": tenant, **own},
        created_at=created_at,
        run_at=created_at,
        asked_at=created_at,
        **parts,
    )
