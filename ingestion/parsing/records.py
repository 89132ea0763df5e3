"""Reads CSV text as records, each with the physical line it begins on (domain specification, section 9.2)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from ingestion.faults import CsvTooLarge, EmptyCsv, InvalidCsv, InvalidHeader

HEADER = ("seriesCode", "asOfDate", "value", "versionTag")
_BYTE_ORDER_MARK = "\ufeff"
_NOT_UTF8 = "not UTF-8"

_SLICE = 1 << 16
"""Characters that are split into lines at a time: no second copy of the file, and no Python step for each line."""

Record = tuple[int, list[str]]
"""The line and the cells of one row, as written."""


def decode(content: bytes | str, *, max_bytes: int) -> str:
    """Return the text of an uploaded file; raise a `FileFault` if it is too large, blank or not storable as text."""
    if len(content) > max_bytes:
        raise CsvTooLarge(limit=max_bytes)
    try:
        data = content.encode() if isinstance(content, str) else content
        text = data.decode()
    except UnicodeEncodeError as error:  # a lone half of a character, which JSON can smuggle in
        raise InvalidCsv(error.object.count("\n", 0, error.start) + 1, _NOT_UTF8) from None
    except UnicodeDecodeError as error:
        raise InvalidCsv(error.object.count(b"\n", 0, error.start) + 1, _NOT_UTF8) from None
    if len(data) > max_bytes:
        raise CsvTooLarge(limit=max_bytes)
    _refuse_blank(text)
    _refuse_zero_bytes(text)
    return text


def check_file(text: str, *, max_bytes: int) -> int:
    """Read the whole text once, before anything is stored, and return the number of rows after the header.

    Raises the `FileFault` that stops the file.
    """
    if len(text) > max_bytes or len(text.encode()) > max_bytes:
        raise CsvTooLarge(limit=max_bytes)
    _refuse_blank(text)
    _refuse_zero_bytes(text)
    records = _all_records(text)
    line, cells = next(records)
    if tuple(cell.strip() for cell in cells) != HEADER:
        raise InvalidHeader(line, HEADER)
    return sum(1 for _ in records)


def read_records(text: str) -> Iterator[Record]:
    """Yield the rows after the header; the text has passed `check_file`."""
    records = _all_records(text)
    next(records)
    return records


def _all_records(text: str) -> Iterator[Record]:
    """Yield every record that is not blank; raise `InvalidCsv` with the line on which the broken one begins."""
    reader = csv.reader(chain.from_iterable(_slices(text)), strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > 1 or not _is_blank(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidCsv(line, str(error)) from None


def _slices(text: str) -> Iterator[StringIO]:
    r"""Yield the text in parts of whole lines, each an iterator of lines with their ends; only `\n` ends one."""
    start = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    while start < len(text):
        end = text.rfind("\n", start, start + _SLICE) + 1 or text.find("\n", start) + 1 or len(text)
        yield StringIO(text[start:end], newline="\n")
        start = end


def _is_blank(cells: list[str]) -> bool:
    """Return whether the line holds nothing, or only white space; `""` is an empty cell, not nothing."""
    return not cells or (len(cells) == 1 and cells[0].isspace())


def _refuse_blank(text: str) -> None:
    if not text.removeprefix(_BYTE_ORDER_MARK).strip():
        raise EmptyCsv


def _refuse_zero_bytes(text: str) -> None:
    place = text.find("\0")
    if place >= 0:
        raise InvalidCsv(text.count("\n", 0, place) + 1, "zero byte")  # PostgreSQL could not store the text
