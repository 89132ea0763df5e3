"""Runs rows: `python -m tests.chaos --rows 1,5 --seed 7 [--short]`; exit code 1 if one fails.

`--together 2` runs two at a time: most of their time is waiting. `--minutes` is for row 23.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.row import VAR
from tests.chaos.rows import ROWS, row_key
from tests.chaos.say import say

LONGEST_S = 420


def main() -> int:
    """Run the rows that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rows", default=",".join(map(str, sorted(ROWS, key=lambda row: -ROWS[row].takes_s))))
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--together", type=int, default=1)
    given = parser.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    flags = ["--seed", str(given.seed), "--minutes", str(given.minutes), *(["--short"] if given.short else [])]
    limit_s = LONGEST_S + given.minutes * 60
    with TemporaryDirectory(prefix="jobs-chaos-") as directory, ThreadPoolExecutor(given.together) as pool:
        template = Path(directory) / "template"
        subprocess.run([sys.executable, "-m", "tests.chaos.template", str(template)], check=True)

        def run(row: int | str) -> bool:
            return _run(row, given.seed, flags, template, limit_s)

        return 0 if all(list(pool.map(run, map(row_key, given.rows.split(","))))) else 1


def _run(row: int | str, seed: int, flags: list[str], template: Path, limit_s: float) -> bool:
    """Run a row in a process of its own, its output beside its other logs; tells whether it held."""
    log = VAR / f"row-{row:>02}-seed-{seed}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.row", str(row), *flags, "--template", str(template)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            said, _ = process.communicate(timeout=limit_s)
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
