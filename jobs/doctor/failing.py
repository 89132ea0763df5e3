"""Jobs failing repeatedly: their errors, what they depend on, and whether they are given enough time."""

from __future__ import annotations

import socket
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

from jobs.conf import jobs_settings
from jobs.doctor.points import Point, Scene, ill, well
from jobs.services.readiness import Finding

PORTS: Final = {"https": 443, "http": 80}
TIME_LIMITS: Final = ("TimeLimitExceeded", "TimeoutError")
LOOK_S = 2.0


def _errors(scene: Scene) -> Finding:
    if not scene.errors:
        return well("no dead letter among the latest jobs")
    kinds = Counter((row["actor"], row["error_type"] or "no type") for row in scene.errors)
    return ill("; ".join(f"{n} × {actor}: {kind}" for (actor, kind), n in kinds.most_common(5)))


def _dependencies() -> Finding:
    """Open a connection to each of `JOBS["DEPENDENCIES"]`; database and Redis are points of the first list."""
    dead = []
    for address in jobs_settings().dependencies:
        parts = urlsplit(address)
        try:
            port = parts.port or PORTS.get(parts.scheme, 0)
            socket.create_connection((parts.hostname or "", port), timeout=LOOK_S).close()
        except (OSError, ValueError) as error:
            dead.append(f"{address} ({error})")
    if dead:
        return ill("; ".join(dead))
    known = jobs_settings().dependencies
    return well(f"{len(known)} answer" if known else "none are named in JOBS['DEPENDENCIES']")


def _timeouts(scene: Scene) -> Finding:
    cut = Counter(row["actor"] for row in scene.errors if row["error_type"].rpartition(".")[2] in TIME_LIMITS)
    if cut:
        return ill("; ".join(f"{n} × {actor} ran out of time" for actor, n in cut.most_common(5)))
    near = []
    for queue, of in scene.figures.items():
        limit = jobs_settings().queue(queue).timeout
        p95 = of.windows["day"].run_p95_ms
        if p95 is not None and p95 > 0.8 * limit:
            near.append(f"{queue}: p95 {p95 / 1000:.0f} s of {limit / 1000:g} s")
    return ill("; ".join(near)) if near else well("runs end well within their limits")


POINTS: Final = (
    Point(
        check="Error messages in failed jobs",
        look=_errors,
        remedy="`manage.py jobs list QUEUE --state failed`, `jobs show QUEUE JOB`; repair the cause, then retry.",
    ),
    Point(
        check="Dependencies are available",
        look=lambda _: _dependencies(),
        remedy="Repair them, or hold the queue (`Queue.hold`) until they are back; retries wait longer each time.",
    ),
    Point(
        check="Timeouts are appropriate",
        look=_timeouts,
        remedy='Raise `"timeout"` of the queue in settings.JOBS or `time_limit` of the actor, or split the job.',
    ),
)
