"""Checks the cells of a row (domain specification, section 9.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ingestion.days import read_day
from ingestion.errors import BadCell, NotANumber, ValueOutOfRange
from ingestion.faults import RowFault
from ingestion.filters import Filters
from ingestion.numbers import LIMIT, PLACES, cut
from ingestion.parsing.records import HEADER, Record
from ingestion.versions import read_stored_form

_VALUE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_read_day = lru_cache(maxsize=10_000)(read_day)  # files name the same days for series after series


class Row(NamedTuple):
    """A good row; the value is cut to 12 places."""

    line: int
    series_code: str
    as_of_date: date
    version_tag: str
    value: Decimal


class Sifted(NamedTuple):
    """What a number of records holds: rows to store, rows that cannot be, and how many the filters leave out."""

    rows: list[Row]
    faults: list[RowFault]
    filtered: int


def sift(records: Iterable[Record], *, filters: Filters, read_tag: Callable[[str], str] = read_stored_form) -> Sifted:
    """Check all records, then filter; a faulty row counts as faulty even if the filters would leave it out."""
    rows: list[Row] = []
    faults: list[RowFault] = []
    filtered = 0
    for record in records:
        found = read_row(record, read_tag=read_tag)
        if isinstance(found, RowFault):
            faults.append(found)
        elif filters.admit(found.series_code, found.as_of_date):
            rows.append(found)
        else:
            filtered += 1
    return Sifted(rows, faults, filtered)


def read_row(record: Record, *, read_tag: Callable[[str], str] = read_stored_form) -> Row | RowFault:
    """Return the row that a record means, or the first fault in the order of the specification."""
    line, cells = record
    if len(cells) != len(HEADER):
        return RowFault(line=line, code="COLUMN_COUNT", found=str(len(cells)))
    series_code, day_text, value_text, tag_text = (cell.strip() for cell in cells)
    if not series_code:
        return RowFault(line=line, code="SERIES_CODE_REQUIRED")
    day = None
    try:
        day = _read_day(day_text)
        value = _read_value(value_text)
        tag = read_tag(tag_text)
    except BadCell as error:
        return RowFault(line=line, code=error.code, found=error.text, series_code=series_code, as_of_date=day)
    return Row(line, series_code, day, tag, value)


def _read_value(text: str) -> Decimal:
    """Return the number of a cell, cut to 12 places; raise `NotANumber` or `ValueOutOfRange`."""
    if not _VALUE.fullmatch(text):
        raise NotANumber(text)
    value = Decimal(text)
    if len(text) <= PLACES:  # neither more places nor too many digits
        return value
    value = cut(value)
    if abs(value) >= LIMIT:
        raise ValueOutOfRange(text)
    return value
