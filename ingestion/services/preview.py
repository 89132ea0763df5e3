"""Reads a CSV file as a load would, and stores nothing: what people look at before they upload."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ingestion.conf import ingestion_settings
from ingestion.faults import RowFault
from ingestion.filters import Filters
from ingestion.parsing.records import check_file, decode, read_records
from ingestion.parsing.rows import Row
from ingestion.parsing.sifting import sift_chunks
from ingestion.services.resolve import LONGEST_CODE, KnownSeries, read_series
from ingestion.services.store import split
from ingestion.versions import read_stored_form

SHOWN = 20
"""Good and bad rows that are shown; the counts are of all."""
CHUNK = 5_000
MOST_SERIES = 50


@dataclass(slots=True)
class Extent:
    """What a file holds of one series; `is_new` if the load would create it."""

    code: str
    is_new: bool
    rows: int = 0
    first: date = date.max
    last: date = date.min
    least: Decimal = Decimal("Infinity")
    most: Decimal = Decimal("-Infinity")

    def take(self, row: Row) -> None:
        """Count a row in."""
        self.rows += 1
        self.first, self.last = min(self.first, row.as_of_date), max(self.last, row.as_of_date)
        self.least, self.most = min(self.least, row.value), max(self.most, row.value)


@dataclass(slots=True, kw_only=True)
class Preview:
    """How many rows would be stored, left out and refused, with the first of them."""

    good_count: int = 0
    filtered_count: int = 0
    bad_count: int = 0
    good: list[Row] = field(default_factory=list)
    bad: list[RowFault] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    extents: dict[str, Extent] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """Return the number of rows after the header."""
        return self.good_count + self.filtered_count + self.bad_count

    @property
    def by_code(self) -> list[tuple[str, int]]:
        """Return how many rows are bad for which reason, the most frequent first."""
        return self.codes.most_common()


def preview_csv(*, tenant_id: str, content: bytes, filters: Filters, create_missing_series: bool = False) -> Preview:
    """Return what a load of the file would find, whether values are stored already apart; raises a `FileFault`."""
    most = ingestion_settings().max_csv_bytes
    text = decode(content, max_bytes=most)
    check_file(text, max_bytes=most)
    preview = Preview()
    series: dict[str, KnownSeries] = {}
    asked: set[str] = set()
    for sifted in sift_chunks(read_records(text), size=CHUNK, filters=filters, read_tag=read_stored_form):
        codes = {row.series_code for row in sifted.rows} - asked
        if codes:
            asked |= codes
            series |= read_series(tenant_id=tenant_id, codes=codes)
            if create_missing_series:
                new = (code for code in codes - series.keys() if len(code) <= LONGEST_CODE)
                series |= {code: KnownSeries("", is_rate=False) for code in new}
        good, refused = split(sifted.rows, series)
        _count(preview, good, sorted([*sifted.faults, *refused], key=lambda fault: fault.line), series)
        preview.filtered_count += sifted.filtered
    return preview


def _count(preview: Preview, good: list[Row], bad: list[RowFault], series: dict[str, KnownSeries]) -> None:
    preview.good_count += len(good)
    preview.bad_count += len(bad)
    preview.good.extend(good[: SHOWN - len(preview.good)])
    preview.bad.extend(bad[: SHOWN - len(preview.bad)])
    preview.codes.update(fault.code for fault in bad)
    for row in good:
        extent = preview.extents.get(row.series_code)
        if extent is None:
            if len(preview.extents) >= MOST_SERIES:
                continue
            is_new = not series[row.series_code].id
            extent = preview.extents[row.series_code] = Extent(row.series_code, is_new)
        extent.take(row)
