"""The end of a row: wait for quiet, gather the evidence, judge, say it in one line."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db import connection
from django.db.models import Sum

from jobs.models import Attempt, Job, QueueCount
from tests.chaos.oracle import Evidence, Judgement, judge
from tests.chaos.oracle import Row as JobRow
from tests.chaos.say import say
from tests.chaos.world import World

SHOWN = 10


def conclude(world: World, number: int | str) -> bool:
    """Wait until all jobs have ended, judge, print the verdict line; tells whether the row holds."""
    world.until(lambda: world.unfinished() == 0, "all jobs end", seconds=world.quiet_s)
    world.until(lambda: world.entries() == (0, 0, 0), "Redis holds nothing of what has ended", seconds=35)
    found = judge(_evidence(world))
    ok = not (found.lost or found.unexplained or world.failed)
    _explain(world, found)
    worst = max(world.recoveries, default=0.0)
    say(
        f"CHAOS row={number} seed={world.seed} enqueued={found.enqueued} lost={len(found.lost)} "
        f"unexplained={len(found.unexplained)} explained={found.explained} recovery_s={worst:.2f} "
        f"ok={'true' if ok else 'false'}"
    )
    return ok


def skip(world: World, number: int | str, reason: str) -> None:
    """Say that this machine cannot run the row, and why."""
    say(f"  skipped: {reason}")
    say(f"CHAOS row={number} seed={world.seed} enqueued=0 lost=0 unexplained=0 explained=0 recovery_s=0.00 ok=skipped")


def _evidence(world: World) -> Evidence:
    outcomes: dict[object, list[str]] = defaultdict(list)
    for job, outcome in Attempt.objects.order_by("generation").values_list("job_id", "outcome"):
        outcomes[job].append(outcome)
    columns = Job.objects.values_list("pk", "job_id", "state", "attempts", "losses")
    rows = [
        JobRow(
            key=world.names.get(job_id, job_id), state=state, attempts=n, losses=losses, outcomes=tuple(outcomes[pk])
        )
        for pk, job_id, state, n, losses in columns
    ]
    counts = QueueCount.objects.filter(queue="chaos").values_list("state").annotate(Sum("count"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, count(*) FROM chaos_effect GROUP BY key")
        effects: Counter[str] = Counter(dict(cursor.fetchall()))
    return Evidence(
        lines=world.lines(),
        rows=rows,
        counts=dict(counts),
        effects=effects,
        transactional=frozenset(world.transactional),
        dead=frozenset(world.dead),
        crashes=world.crashes,
        allowed=world.allowed,
        retried=world.retried,
    )


def _explain(world: World, found: Judgement) -> None:
    for kind, sentences in (("check", world.failed), ("lost", found.lost), ("unexplained", found.unexplained)):
        for sentence in sentences[:SHOWN]:
            say(f"  {kind}: {sentence}")
        if len(sentences) > SHOWN:
            say(f"  {kind}: and {len(sentences) - SHOWN} more")
