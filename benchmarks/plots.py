"""Draws docs/images/bench-*.svg from results/latest.json; runs in the peers' venv: `make bench-plots`."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt  # the backend first

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "latest.json"
PLOTS = {
    "drain": "Drain, jobs/s (ours: until every row is committed)",
    "enqueue_one": "Enqueue one by one, jobs/s",
    "enqueue_bulk": "Enqueue in bulk, jobs/s",
    "pickup_ms": "Pickup in idle workers, median, ms",
    "delay_lateness_ms": "Lateness of a delayed job, median, ms",
    "memory": "Memory of all worker processes, MB",
}


def main() -> None:
    """Draw one bar for each system's median, on a logarithmic axis."""
    found = json.loads(RESULTS.read_text())
    mpl.rcParams["svg.hashsalt"] = "bench"  # the same figures make the same file
    for measure, title in PLOTS.items():
        series = found.get(measure, {})
        medians = {name: statistics.median(one["samples"]) for name, one in series.items() if one["samples"]}
        figure, axes = plt.subplots(figsize=(7, 0.4 * len(medians) + 1))
        bars = axes.barh(list(medians), list(medians.values()), color=[_color(name) for name in medians])
        axes.bar_label(bars, fmt="{:,.1f}", padding=3)
        axes.set_xscale("log")
        axes.margins(x=0.2)
        axes.invert_yaxis()
        axes.set_title(title)
        place = ROOT / "docs" / "images" / f"bench-{measure.replace('_', '-')}.svg"
        figure.savefig(place, bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)


def _color(name: str) -> str:
    return "#1f6feb" if name == "ours" else "#9aa4b2"


if __name__ == "__main__":
    main()
