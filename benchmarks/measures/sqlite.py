"""How fast we drain on SQLite, rows final: `benchmarks.engine`, in servers of its own."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.measures.samples import Samples


def measure(samples: Samples) -> None:
    """Run it once. Raises CalledProcessError, with what it said on standard error above."""
    command = [sys.executable, "-m", "benchmarks.engine", "sqlite", "10000"]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    samples.add("drain_sqlite", "ours", "jobs/s", [json.loads(told)["drain_per_s"]])
