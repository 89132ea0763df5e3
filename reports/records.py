"""Writes CSV records that spreadsheets open without surprises."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

FLAG = {True: "YES", False: "NO"}
"""How a report writes a flag."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guard(text: str) -> str:
    """Return a text cell that no spreadsheet takes for a formula: a risky start gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def records(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    """Yield the header and each row as a CSV record: UTF-8, CRLF after each, quotes only where needed."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(header)
    for row in rows:
        yield _drain(buffer)
        writer.writerow(row)
    yield _drain(buffer)


def _drain(buffer: StringIO) -> bytes:
    """Return what the buffer holds and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")  # a lone surrogate has no UTF-8 form; it shows as a question mark
