"""What can be wrong with a file or one of its rows (domain specification, sections 9.2 and 9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

LONGEST_QUOTE = 100
"""Characters of a bad cell that its message repeats: the run keeps a thousand messages in one row."""

_MESSAGES = {
    "COLUMN_COUNT": "4 columns expected, {} found",
    "SERIES_CODE_REQUIRED": "seriesCode is empty",
    "INVALID_DATE": "Invalid date: {}",
    "INVALID_VALUE": "Invalid value: {}",
    "VALUE_OUT_OF_RANGE": "Value out of range: {}",
    "INVALID_VERSION_TAG": "Invalid versionTag: {}",
    "SERIES_NOT_FOUND": "Series not found: {}",
    "FX_NOT_POSITIVE": "FX rate must be positive: {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """Why one row is not stored; `found` is what stands there instead."""

    line: int
    code: str
    found: str = ""
    series_code: str | None = None
    as_of_date: date | None = None

    @property
    def message(self) -> str:
        """Return the sentence for people."""
        return _MESSAGES[self.code].format(self.found[:LONGEST_QUOTE])

    def as_json(self) -> dict[str, Any]:
        """Return the entry of the run's error list."""
        entry: dict[str, Any] = {"line": self.line, "code": self.code, "message": self.message}
        if self.series_code:
            entry["seriesCode"] = self.series_code[:LONGEST_QUOTE]
        if self.as_of_date:
            entry["asOfDate"] = self.as_of_date.isoformat()
        return entry


class FileFault(Exception):
    """Raised when nothing of an input can be stored; `line` is None where no line is to blame."""

    code = "INVALID_CSV"
    line: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the entry of the run's error list."""
        return {"line": self.line, "code": self.code, "message": str(self)}


class CsvTooLarge(FileFault):
    """Raised when a file has more bytes than are read."""

    code = "CSV_TOO_LARGE"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"The CSV is larger than {limit} bytes")


class EmptyCsv(FileFault):
    """Raised when a file holds white space only."""

    code = "EMPTY_CSV"

    def __init__(self) -> None:
        super().__init__("The CSV is empty")


class InvalidCsv(FileFault):
    """Raised when a file is no UTF-8 text or its quotes are broken."""

    code = "INVALID_CSV"

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        super().__init__(f"Not a CSV file, line {line}: {reason}")


class InvalidHeader(FileFault):
    """Raised when a file's first record is not the header."""

    code = "INVALID_HEADER"

    def __init__(self, line: int, expected: tuple[str, ...]) -> None:
        self.line = line
        super().__init__(f"The header must be {','.join(expected)}")


class NoData(FileFault):
    """Raised when a job names neither points nor an upload."""

    code = "NO_DATA"

    def __init__(self) -> None:
        super().__init__("The job has neither data nor an uploadId")
