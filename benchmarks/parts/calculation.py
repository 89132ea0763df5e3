"""Measures how fast a compiled graph gives prices with their steps, on one core, without rows."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

from benchmarks.parts import graphs
from benchmarks.parts.process import Figures, run_part

ITEMS = 50_000
ROUNDS = 3


def measure() -> Figures:
    """Return items per second of processor time, the best of some rounds."""
    return {
        "calculation_items_per_s": max(_rate(graphs.collared()) for _ in range(ROUNDS)),
        "calculation_all_live_items_per_s": max(_rate(graphs.all_live()) for _ in range(ROUNDS)),
    }


def _rate(graph: graphs.Graph) -> float:
    from calculations.graph.compile import compile_graph
    from calculations.graph.lookups import Found, LookupKey

    day = date(2024, 1, 15)
    found = Found(
        value=Decimal("171.35"), version_tag="FINAL", requested_date=day, actual_date=day, gap_days=0, count=1
    )
    prices = [Decimal(1_000 + n) / 100 for n in range(ITEMS)]
    begun = time.process_time()  # what the program itself takes, whoever else is on the machine
    program = compile_graph(graph, kinds={}).bind({LookupKey(series="PPI"): found})
    for price in prices:
        _ = program.run(base_price=price, currency="USD", unit="MT").contributions
    return ITEMS / (time.process_time() - begun)


if __name__ == "__main__":
    run_part(measure)
