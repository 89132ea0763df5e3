"""Runs the rehearsal: `python -m tests.rehearsal --minutes 10`; the last line is its verdict as JSON."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import django

from jobs_project.local.commands import manage
from jobs_project.local.postgres import Postgres
from tests.rehearsal.crew import Crew
from tests.rehearsal.servers import PgBouncer, Prometheus, Watched, until

if TYPE_CHECKING:
    from tests.rehearsal.load import Ledger

PLAN = ((0.15, "rolling_restart"), (0.5, "failover"), (0.75, "database_restart"))
"""Share of the time → what happens then."""

REST_S = 15.0
"""After an event the load goes on for so long at least, however little time is left."""

ALLOWED_ERRORS = 0.05
"""Of the requests: those that meet the database while it restarts; jobs are judged without any allowance."""


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


def main() -> int:
    """Start everything, break it by the plan, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes: float = parser.parse_args().minutes
    place = Path(tempfile.mkdtemp(prefix="jobs-rehearsal-"))
    say(f"Logs are in {place}")
    place.chmod(0o755)  # PgBouncer runs as nobody
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres())
        watched = Watched(place)
        stack.callback(watched.stop)
        bouncer = stack.enter_context(PgBouncer(place / "pgbouncer", postgres.url))
        metrics_token = secrets.token_hex(16)
        os.environ.update(_environment(bouncer.url, watched.url, metrics_token))
        subprocess.run(manage("migrate", "--verbosity", "0"), check=True)
        django.setup()
        from tests.rehearsal.load import Load  # noqa: PLC0415  # models can be imported now

        crew = Crew(place, os.environ)
        stack.callback(crew.stop_all)
        crew.start_all()
        say("Two webs, two groups of workers and a caretaker are ready")
        ports = list(crew.ports.values())
        prometheus = stack.enter_context(
            Prometheus(place / "prometheus", web=ports[:2], others=ports[2:], token=metrics_token)
        )
        load = Load(crew.webs(), _token())
        load.start()
        stack.callback(load.stop)
        events = _follow_the_plan(minutes, crew=crew, watched=watched, postgres=postgres)
        load.stop()
        say("The load has ended; what was promised must get done")
        deadline = time.monotonic() + 180
        while (lost := _unfinished(load.ledger)) and time.monotonic() < deadline:
            time.sleep(1)
        until(lambda: prometheus.ask("sum(up)") == len(ports), seconds=30, what="every process scraped by Prometheus")
        runs = prometheus.ask('sum(max_over_time(jobs_runs_total{outcome="completed"}[1h]))')
        say(f"Prometheus has scraped {len(ports)} processes, and seen {runs:.0f} completed runs")
        return _judge(load.ledger, minutes=minutes, lost=lost, events=events, seen=runs > 0)


def _unfinished(ledger: Ledger) -> int:
    """Return how many promised jobs have not completed; all of them while the database does not tell."""
    from django.db import Error  # noqa: PLC0415  # as above

    try:
        return ledger.unfinished()
    except Error:
        return len(ledger.jobs) + len(ledger.uploads)


def _environment(database_url: str, redis_url: str, metrics_token: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.rehearsal.settings",
        "DEBUG": "false",
        "HTTPS": "false",
        "ENV_FILES": "",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": database_url,
        "DATABASE_POOL_SIZE": "0",
        "REDIS_URL": "",
        "REHEARSAL_REDIS_URL": redis_url,
        "METRICS_TOKEN": metrics_token,
        "LOG_FORMAT": "json",
    }


def _token() -> str:
    """Return the bearer token of a tenant's owner who may see all queues."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415  # as above
    from knox.models import AuthToken  # noqa: PLC0415

    from jobs.models import Membership, Tenant  # noqa: PLC0415

    user = get_user_model().objects.create_superuser(username="rehearsal")
    tenant = Tenant.objects.create(name="Rehearsal", slug="rehearsal")
    Membership.objects.create(tenant=tenant, user=user, role="OWNER")
    return str(AuthToken.objects.create(user)[1])


def _follow_the_plan(minutes: float, *, crew: Crew, watched: Watched, postgres: Postgres) -> list[str]:
    deeds = {"rolling_restart": crew.roll, "failover": watched.fail_over, "database_restart": postgres.kill}
    begun, events, load_goes_on = time.monotonic(), list[str](), 0.0
    for share, name in PLAN:
        time.sleep(max(0.0, max(begun + share * minutes * 60, load_goes_on) - time.monotonic()))
        at = time.monotonic()
        deeds[name]()
        if name == "database_restart":
            postgres.start()
        events.append(name)
        load_goes_on = time.monotonic() + REST_S
        say(f"{name}: {time.monotonic() - at:.1f} s")
    time.sleep(max(0.0, max(begun + minutes * 60, load_goes_on) - time.monotonic()))
    return events


def _judge(ledger: Ledger, *, minutes: float, lost: int, events: list[str], seen: bool) -> int:
    for problem, times in Counter(ledger.failed).most_common(8):
        say(f"{times} × {problem}")
    if ledger.refused:
        say(f"{ledger.refused} jobs were refused with an error while the database was away: nothing was promised")
    enqueued = len(ledger.jobs) + len(ledger.uploads)
    requests = len(ledger.answers_ms) + sum("Error" in problem for problem in ledger.failed)
    error_rate = len(ledger.failed) / max(1, requests)
    p95 = statistics.quantiles(ledger.answers_ms, n=20)[-1] if len(ledger.answers_ms) > 1 else 0.0
    ok = enqueued > 0 and lost == 0 and seen and error_rate <= ALLOWED_ERRORS and events == [name for _, name in PLAN]
    verdict = {
        "ok": ok,
        "minutes": int(minutes) if minutes == int(minutes) else minutes,
        "enqueued": enqueued,
        "lost": lost,
        "error_rate": round(error_rate, 4),
        "p95_ms": round(p95, 1),
        "events": events,
    }
    sys.stdout.write(json.dumps(verdict) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
