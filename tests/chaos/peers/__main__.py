"""Prints one table of all systems and faults: `python -m tests.chaos.peers [--systems …] [--rows …] [--seed 7]`.

BullMQ takes part if it is installed: `npm install --prefix var/peers bullmq@6.7.0 ioredis`.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import wheel_program
from tests.chaos.peers.faults import FAULTS, Trial
from tests.chaos.peers.judgement import judge
from tests.chaos.peers.systems import ROOT, Running, systems
from tests.chaos.say import say
from tests.chaos.store import Store

HEAD = "| system | row | enqueued | lost | run twice, unexplained | explained | recovery_s |"
RULE = "|---|---|---|---|---|---|---|"


def main() -> int:
    """Run what was asked for, one after another; a row of the table each."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.peers", description=__doc__)
    parser.add_argument("--systems", default=",".join(systems("")))
    parser.add_argument("--rows", default=",".join(FAULTS))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--patience", type=float, default=150.0, help="seconds after which an unfinished job is lost")
    given = parser.parse_args()
    say(HEAD)
    say(RULE)
    for row in given.rows.split(","):
        for name in given.systems.split(","):
            say(_run(name, row, seed=given.seed, patience_s=given.patience))
    return 0


def _run(name: str, row: str, *, seed: int, patience_s: float) -> str:
    place = ROOT / "var" / "chaos" / f"peers-{name}-{row}-seed-{seed}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    mode, fault = FAULTS[row]
    store = Store(place / "valkey", program=wheel_program())
    store.mode = mode
    with ExitStack() as stack:
        stack.enter_context(store)
        os.environ["REDIS_URL"] = store.url
        if name == "ours":
            _migrate(stack.enter_context(Postgres()).url, place)
        running = Running(systems(str(place / "ledger"))[name], place, store)
        stack.callback(running.end)
        trial = Trial(running=running, store=store, patience_s=patience_s, random=random.Random(seed))
        fault(trial)
        running.fed()
        trial.until(lambda: not trial.unfinished(), patience_s)
        trial.until(lambda: False, 3)  # a second run may still come
        return _judged(name, row, trial)


def _migrate(url: str, place: Path) -> None:
    os.environ |= {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "ENV_FILES": "",
        "DEBUG": "true",
    }
    with (place / "processes.log").open("ab") as log:
        subprocess.run([sys.executable, "manage.py", "migrate"], cwd=ROOT, check=True, stdout=log, stderr=log)


def _judged(name: str, row: str, trial: Trial) -> str:
    """Return the table's row."""
    found = judge(trial.lines(), trial.kills)
    recoveries = [seconds for seconds in trial.recoveries() if seconds is not None]
    worst = f"{max(recoveries):.1f}" if recoveries else "never"
    counts = f"{found.enqueued} | {found.lost} | {found.unexplained} | {found.explained}"
    return f"| {name} | {row} | {counts} | {worst} |"


if __name__ == "__main__":
    sys.exit(main())
