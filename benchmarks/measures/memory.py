"""What the workers take of memory after a drain, each page counted once (PSS)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measures.samples import Samples
from benchmarks.stage import Stage


def measure(stage: Stage, samples: Samples) -> None:
    """Add up all processes of the system's workers; Linux tells."""
    total = sum(map(pss_mb, stage.worker_pids()))
    if total:
        samples.add("memory", stage.system.name, "MB of all worker processes", [total])


def pss_mb(pid: int) -> float:
    """Return a process's share of memory; 0 where the system does not tell."""
    told = Path(f"/proc/{pid}/smaps_rollup")
    lines = told.read_text().splitlines() if told.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
