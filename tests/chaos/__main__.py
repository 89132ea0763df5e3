"""Runs rows one after another: `python -m tests.chaos --rows 1,5 --seed 7 [--short]`; exit code 1 if one fails."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from tests.chaos.row import VAR
from tests.chaos.rows import ROWS, row_key
from tests.chaos.say import say

LONGEST_S = 420


def main() -> int:
    """Run the rows that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rows", default=",".join(map(str, ROWS)))
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    failed = [row for row in map(row_key, given.rows.split(",")) if not _run(row, given.seed, short=given.short)]
    return 1 if failed else 0


def _run(row: int | str, seed: int, *, short: bool) -> bool:
    """Run a row in a process of its own, its output beside its other logs; tells whether it held."""
    flags = ["--seed", str(seed), *(["--short"] if short else [])]
    log = VAR / f"row-{row:>02}-seed-{seed}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.row", str(row), *flags],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            said, _ = process.communicate(timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            process.terminate()
            said, _ = process.communicate()
    say(said.rstrip())
    if "CHAOS row=" not in said:
        say(f"CHAOS row={row} seed={seed} enqueued=0 lost=0 unexplained=0 explained=0 recovery_s=0 ok=false")
    if process.returncode == 0:
        return True
    place = VAR / f"row-{row:>02}-seed-{seed}"
    say(f"  run again: {sys.executable} -m tests.chaos --rows {row} {' '.join(flags)}; logs: {log} {place}")
    return False


if __name__ == "__main__":
    sys.exit(main())
