"""Writes counters in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from jobs.counters import COUNTERS, Counters, Spans
from jobs.exposition.folder import folder, read
from jobs.exposition.names import HELP, HISTOGRAMS
from jobs.histogram import BOUNDS

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
SHOWN: Final = range(0, 38, 2)
"""Every second of our bounds, 1 ms to 33 minutes: a histogram's series cost whoever stores them."""


def exposition(*more: Collector) -> bytes:
    """Return the counters of this process and of all others of its service, and what `more` collect."""
    registry = CollectorRegistry()
    registry.register(Counted())
    for collector in more:
        registry.register(collector)
    return generate_latest(registry)


class Counted(Collector):
    """The counters of this service."""

    def collect(self) -> Iterator[Metric]:
        """Return a family for each name."""
        total = Counters()
        total.add(COUNTERS)
        if place := folder():
            total.add(read(place))
        numbers, spans = total.copy()
        for name in sorted({name for name, _ in numbers}):
            labels = sorted({label for (of, pairs) in numbers if of == name for label, _ in pairs})
            counter = CounterMetricFamily(name, HELP[name], labels=labels)
            for (of, pairs), number in numbers.items():
                if of == name:
                    counter.add_metric([dict(pairs).get(label, "") for label in labels], number)
            yield counter
        for name in sorted(HISTOGRAMS & {name for name, _ in spans}):
            labels = sorted({label for (of, pairs) in spans if of == name for label, _ in pairs})
            histogram = HistogramMetricFamily(name, HELP[name], labels=labels)
            for (of, pairs), span in spans.items():
                if of == name:
                    values = [dict(pairs).get(label, "") for label in labels]
                    histogram.add_metric(values, list(_cumulative(span)), sum_value=span.total_ms / 1000)
            yield histogram


def _cumulative(spans: Spans) -> Iterable[tuple[str, float]]:
    """Return (upper bound in seconds, how many are at most as long)."""
    for shown in SHOWN:
        yield f"{BOUNDS[shown] / 1000:g}", sum(n for bucket, n in spans.buckets.items() if bucket <= shown)
    yield "+Inf", sum(spans.buckets.values())
