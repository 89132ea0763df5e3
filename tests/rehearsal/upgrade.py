"""Two releases at once: `python -m tests.rehearsal.upgrade --old COMMIT`; the last line is its verdict as JSON.

The database is migrated by this checkout. Workers of both take from the same queues, callers of both enqueue, then the
old ones drain. Every job must run, once, and workers of both must have run some.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import Valkey, wheel_program
from tests.rehearsal.servers import Server, until

HERE = Path(__file__).resolve().parents[2]
EACH = 400
CALLER = """
import sys, time, django
django.setup()
from jobs import enqueue
from tests.probe.actors import Note
for n in range(int(sys.argv[3])):
    enqueue(Note(ledger=sys.argv[1], key=f"{sys.argv[2]}-{n}", ms=20))
"""


def main() -> int:
    """Run both, and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", required=True, help="a commit of the release before")
    old_commit: str = parser.parse_args().old
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jobs-upgrade-")))
        old = place / "old"
        git = ["git", "-C", str(HERE)]
        subprocess.run([*git, "worktree", "add", "--quiet", "--detach", str(old), old_commit], check=True)
        stack.callback(subprocess.run, [*git, "worktree", "remove", "--force", str(old)], check=False)
        postgres = stack.enter_context(Postgres())
        valkey = stack.enter_context(Valkey(place / "valkey", program=wheel_program()))
        environments = {checkout: _environment(checkout, postgres.url, valkey.url) for checkout in (old, HERE)}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=HERE, env=environments[HERE], check=True)
        ledger = place / "ledger"
        crews = {}
        for checkout, environment in environments.items():
            command = [sys.executable, "manage.py", "rundramatiq", "--processes", "1", "--queues", "calculation"]
            crews[checkout] = Server(place / f"log-{checkout.name}", command, cwd=checkout, env=environment)
            stack.callback(crews[checkout].stop)
        for checkout, environment in environments.items():
            caller = [sys.executable, "-c", CALLER, str(ledger), checkout.name, str(EACH)]
            subprocess.run(caller, cwd=checkout, env=environment, check=True)
        until(lambda: len(_ended(ledger)) > EACH, seconds=120, what=f"half of the jobs, see {place}")
        crews[old].stop()  # drains; the new ones do the rest
        until(lambda: len(_ended(ledger)) >= 2 * EACH, seconds=120, what=f"all of the jobs, see {place}")
        return _judge(_ended(ledger))


def _environment(checkout: Path, database_url: str, redis_url: str) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {
        **given,
        "PYTHONPATH": str(checkout),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "ENV_FILES": "",
        "DEBUG": "true",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }


def _ended(ledger: Path) -> list[tuple[str, int]]:
    """Return (key, pid) of all runs that ended."""
    if not ledger.exists():
        return []
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    return [(line["key"], line["pid"]) for line in lines if line["event"] == "F"]


def _judge(ended: list[tuple[str, int]]) -> int:
    runs = Counter(key for key, _ in ended)
    by_process = Counter(pid for _, pid in ended)
    twice = sum(1 for count in runs.values() if count > 1)
    ok = len(runs) == 2 * EACH and not twice and len(by_process) > 1
    verdict = {"ok": ok, "jobs": len(runs), "twice": twice, "by_process": sorted(by_process.values())}
    sys.stdout.write(json.dumps(verdict) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
