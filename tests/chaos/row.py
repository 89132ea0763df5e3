"""Runs one row in a process of its own, started by `python -m tests.chaos`. Servers first, Django after them."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from importlib import import_module
from pathlib import Path

from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import wheel_program
from tests.chaos.network import NotPermittedError
from tests.chaos.rows import ROWS, row_key
from tests.chaos.store import Store

VAR = Path(__file__).resolve().parents[2] / "var" / "chaos"


def main() -> int:
    """Run the row; the exit code is 0 if it holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("row", type=row_key)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--minutes", type=float, default=1.0)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # told to stop, it leaves no servers and workers behind
    row = ROWS[given.row]
    place = VAR / f"row-{given.row:>02}-seed-{given.seed}"
    shutil.rmtree(place, ignore_errors=True)
    (place / "failpoints").mkdir(parents=True)
    with Store(place / "valkey", program=wheel_program()) as store, Postgres(template=given.template) as postgres:
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": store.url,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "ENV_FILES": "",
            "DEBUG": "true",
            "CHAOS_FAILPOINTS": str(place / "failpoints"),
            "JOBS_LEASE_S": str(row.lease_s),
            **row.environment,
        }
        return _run(given, place, store, postgres)


def _run(given: argparse.Namespace, place: Path, store: Store, postgres: Postgres) -> int:
    import django  # noqa: PLC0415  (its settings need the servers' addresses)

    django.setup()
    from tests.chaos.verdict import conclude, skip  # noqa: PLC0415  (needs Django)
    from tests.chaos.world import World  # noqa: PLC0415

    world = World(place, seed=given.seed, short=given.short, store=store, postgres=postgres)
    world.minutes = given.minutes
    try:
        import_module(f"tests.chaos.rows.{ROWS[given.row].module}").run(world)
        return 0 if conclude(world, given.row) else 1
    except NotPermittedError as reason:
        skip(world, given.row, str(reason))
        return 0
    finally:
        for crew in world.crews:
            crew.end()
        world.closing.close()


if __name__ == "__main__":
    sys.exit(main())
