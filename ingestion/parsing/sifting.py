"""Parts records into rows to store and rows that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ingestion.faults import RowFault
from ingestion.filters import Filters
from ingestion.parsing.records import Record
from ingestion.parsing.rows import Row, read_row


class Sifted(NamedTuple):
    """What so many records hold: rows to store, rows that cannot be, and how many the filters leave out."""

    records: int
    rows: list[Row]
    faults: list[RowFault]
    filtered: int


def sift(records: Iterable[Record], *, filters: Filters, read_tag: Callable[[str], str]) -> Sifted:
    """Check all records, then filter; a faulty row counts as faulty even if the filters would leave it out."""
    read: list[Row] = []
    faults: list[RowFault] = []
    for record in records:
        found = read_row(record, read_tag=read_tag)
        if isinstance(found, RowFault):
            faults.append(found)
        else:
            read.append(found)
    rows = read if filters.admit_all else [row for row in read if filters.admit(row.series_code, row.as_of_date)]
    return Sifted(len(read) + len(faults), rows, faults, len(read) - len(rows))


def sift_chunks(
    records: Iterator[Record], *, size: int, filters: Filters, read_tag: Callable[[str], str]
) -> Iterator[Sifted]:
    """Yield what each `size` records hold, reading no further than asked."""
    while chunk := list(islice(records, size)):
        yield sift(chunk, filters=filters, read_tag=read_tag)
