"""Row 16: payloads that this code does not know, actors that it has lost, rows that nobody can read."""

from __future__ import annotations

from django.db import connection

from jobs import get_queue
from jobs.models import Job
from tests.chaos.actors import Work
from tests.chaos.world import World

SPOILT = {
    "an extra field": ("""payload || '{"currency": "EUR"}'""", "InvalidPayload", "currency"),
    "a missing field": ("payload - 'ledger'", "InvalidPayload", "ledger"),
    "a field of another type": ("""payload || '{"ms": "soon"}'""", "InvalidPayload", "ms"),
    "an array": ("jsonb_build_array(payload)", "InvalidPayload", "must be a JSON object"),
    "a number that Python refuses": (
        "payload || jsonb_build_object('ms', 10::numeric ^ 5000)",
        "InvalidPayload",
        "Err",
    ),
    "too deep": ("payload || ('{\"ms\":' || repeat('[', 2500) || repeat(']', 2500) || '}')::jsonb", "Invalid", "Err"),
}
"""What is done to the payload; then the error's type and a word of its reason."""


def run(world: World) -> None:
    """Spoil rows of each kind before any worker starts, among good ones; then repair all of them in one go each."""
    count = 3 if world.short else 30
    broken = {name: _enqueue(world, count) for name in SPOILT}
    removed = _enqueue(world, count)
    for name, keys in broken.items():
        _update(f"payload = {SPOILT[name][0]}", keys)
    _update("actor = 'chaos-removed'", removed)
    every = [key for keys in broken.values() for key in keys] + removed
    kept = _payloads(every)
    world.enqueue(world.work(20 * count, ms=(0, 20)))
    world.start()
    world.until(lambda: world.unfinished() == 0, "all jobs end", seconds=60)
    for name, keys in broken.items():
        _died(world, keys, name, *SPOILT[name][1:])
    _died(world, removed, "a removed actor", "ActorNotFound", "chaos-removed")
    world.check(_payloads(every) == kept, "every payload is kept as it was")
    world.check(Job.objects.exclude(job_id__in=every).exclude(state="completed").count() == 0, "no neighbour is hurt")
    _repair(world, every)


def _enqueue(world: World, count: int) -> list[str]:
    payloads = world.work(count)
    world.enqueue(payloads)
    return [payload.key for payload in payloads]


def _update(assignment: str, keys: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE jobs_job SET {assignment} WHERE job_id = ANY(%s)", [keys])  # noqa: S608  (ours)


def _payloads(keys: list[str]) -> dict[str, str]:
    """Return the payloads as texts: some of them cannot be decoded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT job_id, payload::text FROM jobs_job WHERE job_id = ANY(%s)", [keys])
        return dict(cursor.fetchall())


def _died(world: World, keys: list[str], name: str, kind: str, word: str) -> None:
    rows = Job.objects.filter(job_id__in=keys).values_list("state", "error_type", "error", "attempts")
    clear = [row for row in rows if row[0] == "failed" and kind in row[1] and word in row[2] and row[3] == 1]
    world.check(len(clear) == len(keys), f"{name}: {len(clear)} of {len(keys)} are dead letters after one run that say")


def _repair(world: World, keys: list[str]) -> None:
    """Write good payloads and the actor's name back, as a data migration does, and retry all dead letters at once."""
    for key in keys:
        good = Work(ledger=world.ledger, key=key).as_json()
        Job.objects.filter(job_id=key).update(payload=good, actor="chaos-work")
    world.retried.update(keys)
    moved = get_queue("chaos").retry_failed()
    world.check(moved == len(keys), f"one retry-all brings all back ({moved} of {len(keys)})")
    world.until(lambda: world.unfinished() == 0, "all repaired jobs end", seconds=60)
