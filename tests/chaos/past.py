"""Makes a past: finished jobs in great numbers, as if their runs had been seen, by one statement each table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from jobs.rows.count import add_counts
from tests.chaos.ledger import note_all
from tests.chaos.world import World

_JOBS = """
INSERT INTO jobs_job (id, queue, job_id, actor, tenant, priority, payload, options, state, generation, attempts,
    max_attempts, losses, run_at, asked_at, created_at, started_at, finished_at, error_type, error)
SELECT gen_random_uuid(), 'chaos', made.key, 'chaos-work', '', 0,
    jsonb_build_object('ledger', %(ledger)s::text, 'key', made.key, 'failures', (made.n %% 100 = 0)::int), '{}',
    %(state)s, 1, 1, 1, 0, at, at, at, at, at, '', ''
FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS made(key, n),
    (SELECT now() - %(age)s * interval '1 hour' AS at) AS past
"""
_ATTEMPTS = """
INSERT INTO jobs_attempt (job_id, number, generation, outcome, started_at, ended_at, error_type, error, traceback)
SELECT id, 1, 1, 'failed', started_at, finished_at, '', '', '' FROM jobs_job WHERE job_id = ANY(%(keys)s)
"""


def make_past(world: World, keys: Sequence[str], *, state: str, age_h: float, known: bool = True) -> None:
    """Insert jobs that ended so long ago; every hundredth fails again if it is retried.

    `known`: the ledger has them too, so that none may get lost.
    """
    values: dict[str, Any] = {"ledger": world.ledger, "keys": list(keys), "state": state, "age": age_h}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_JOBS, values)
        if state == "failed":
            cursor.execute(_ATTEMPTS, values)
        add_counts(connection, [("chaos", state)] * len(keys))
    if known:
        note_all(world.ledger, "E", list(keys))
