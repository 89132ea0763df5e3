"""Checks the cells of a row (domain specification, section 9.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ingestion.days import read_day
from ingestion.errors import BadCell, NotANumber, ValueOutOfRange
from ingestion.faults import RowFault
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


def read_row(record: Record, *, read_tag: Callable[[str], str] = read_stored_form) -> Row | RowFault:
    """Return the row that a record means, or the first fault in the order of the specification."""
    line, cells = record
    if len(cells) != len(HEADER):
        return RowFault(line=line, code="COLUMN_COUNT", found=str(len(cells)))
    series_code, day_text, value_text, tag_text = map(str.strip, cells)
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
