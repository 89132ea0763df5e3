"""Reads the points of a payload as records (domain specification, section 9.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingestion.parsing.records import HEADER, Record


def point_records(points: Iterable[Mapping[str, Any]], defaults: Mapping[str, str]) -> Iterator[Record]:
    """Yield the cells of each point, completed by the defaults; its place in the list, from 1, is its line."""
    for place, point in enumerate(points, start=1):
        yield place, [str(point.get(name) or defaults.get(name) or "") for name in HEADER]
