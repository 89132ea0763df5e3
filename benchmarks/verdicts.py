"""The figures that must be reached (issue "Faster than BullMQ"), and how a run stands to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.measures.samples import Samples

Figure = Callable[[Samples, str], float | None]


def _median(measure: str) -> Figure:
    return lambda samples, system: samples.median(measure, system)


def _percentile(measure: str, part: float) -> Figure:
    return lambda samples, system: samples.percentile(measure, system, part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Must:
    """Ours, divided by a peer's figure or taken alone (`peer` None), is at least or at most a bound."""

    what: str
    ours: Figure
    theirs: Figure | None = None
    peer: str | None = None
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one Must came out; `reached` is None where the run did not measure it."""

    must: Must
    ours: float | None
    theirs: float | None
    figure: float | None

    @property
    def reached(self) -> bool | None:
        """Whether the bound is kept."""
        if self.figure is None:
            return None
        if self.must.at_least is not None:
            return self.figure >= self.must.at_least
        return self.must.at_most is not None and self.figure <= self.must.at_most


def _rate(what: str, measure: str, peer: str, at_least: float, *, theirs: str = "") -> Must:
    return Must(what=what, ours=_median(measure), theirs=_median(theirs or measure), peer=peer, at_least=at_least)


_P50, _P99 = _percentile("pickup_ms", 0.5), _percentile("pickup_ms", 0.99)

MUSTS = (
    _rate("drain, rows completed", "drain", "bullmq", 1.2),
    _rate("drain, rows completed", "drain", "dramatiq_stock", 4),
    _rate("drain, rows completed", "drain", "dramatiq_admin", 35),
    _rate("enqueue one by one", "enqueue_one", "dramatiq_admin", 3),
    _rate("enqueue one by one", "enqueue_one", "procrastinate", 1.3),
    _rate("enqueue in the caller's transaction", "enqueue_transaction", "dramatiq_stock", 1, theirs="enqueue_one"),
    _rate("enqueue in bulk", "enqueue_bulk", "bullmq", 1.5),
    Must(what="pickup p50", ours=_P50, theirs=_P50, peer="bullmq", at_most=1.5),
    Must(what="pickup p99", ours=_P99, theirs=_P99, peer="bullmq", at_most=0.7),
    Must(what="pickup after 2 s idle, median, ms", ours=_median("pickup_cold_ms"), at_most=5),
    Must(what="delayed job late, p99, ms", ours=_percentile("delay_lateness_ms", 0.99), at_most=15),
    Must(what="body to committed row, p99, ms", ours=_percentile("record_lag_ms", 0.99), at_most=60),
    Must(what="jobs before an urgent one, worst", ours=_percentile("priority", 1), at_most=2),
    Must(what="SQLite drain, jobs/s", ours=_median("drain_sqlite"), at_least=5_000),
)


def judge(samples: Samples, musts: tuple[Must, ...] = MUSTS) -> Iterator[Verdict]:
    """Compare a run with every Must."""
    for must in musts:
        ours = must.ours(samples, "ours")
        theirs = must.theirs(samples, must.peer) if must.theirs and must.peer else None
        figure = ours if must.peer is None else (ours / theirs if ours is not None and theirs else None)
        yield Verdict(must=must, ours=ours, theirs=theirs, figure=figure)


def line(verdict: Verdict) -> str:
    """Return the verdict as a line of the table."""
    must = verdict.must
    bound = f">= {must.at_least:g}" if must.at_least is not None else f"<= {must.at_most:g}"
    beside = f"x {must.peer}" if must.peer else ""
    word = {True: "reached", False: "MISSED", None: "not measured"}[verdict.reached]
    numbers = "".join(f"{_short(number):>11}" for number in (verdict.ours, verdict.theirs, verdict.figure))
    return f"{must.what:<37}{numbers}   must be {bound:<8}{beside:<18}{word}"


def _short(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:,.0f}" if number >= 1000 else f"{number:,.2f}"
