"""Hands out what was wrong with a file, as a file."""

from __future__ import annotations

import csv
import io

from ingestion.models import IngestionRun

COLUMNS = ("line", "code", "message", "seriesCode", "asOfDate")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_errors(*, run: IngestionRun) -> str:
    """Return the kept errors of a run as CSV (RFC 4180), with an apostrophe before what a spreadsheet would run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for error in run.errors:
        writer.writerow([_harmless(error.get(column)) for column in COLUMNS])
    return text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
