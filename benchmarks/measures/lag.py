"""How long from the end of a body to its committed row, at 5,000 jobs a second offered; ours only.

PostgreSQL notes the time of each commit (track_commit_timestamp) as it begins to write it: the write itself, well under
a millisecond here, is not counted.
"""

from __future__ import annotations

import time

import psycopg

from benchmarks.measures.samples import Samples
from benchmarks.stage import Stage

RATE = 5_000
_COMMITS = """
SELECT (payload->>'n')::bigint, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM jobs_job
WHERE finished_at IS NOT NULL AND (payload->>'n')::bigint >= %s
"""


def measure(stage: Stage, samples: Samples, *, seconds: float) -> None:
    """Offer jobs at a steady rate and compare each body's end with its row's commit."""
    if stage.system.name != "ours":
        return
    before, first = stage.ran(), stage.next
    stage.tell("offered", most=int(RATE * seconds), rate=RATE)
    stage.wait_for(before + stage.next - first, seconds=30)
    stage.wait_for_rows()
    shift = time.time() - time.monotonic()
    ends = {stamp.n: stamp.at / 1e9 + shift for stamp in stage.stamps()[before:]}
    with psycopg.connect(stage.servers.database(stage.system)) as connection:
        commits = connection.execute(_COMMITS, [first]).fetchall()
    samples.add("record_lag_ms", "ours", "ms", ((float(at) - ends[n]) * 1000 for n, at in commits if n in ends))
