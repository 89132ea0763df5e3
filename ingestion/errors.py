"""What can go wrong with numbers, series, lookups and uploads."""

from __future__ import annotations

from datetime import date


class NotANumber(ValueError):
    """Raised when a value is neither a JSON number nor a plain number text."""

    def __init__(self, value: object) -> None:
        self.value = value
        super().__init__(f"Not a number: {value!r}")


class ValueOutOfRange(ValueError):
    """Raised when a number has too many digits before its point to be stored."""

    code = "VALUE_OUT_OF_RANGE"

    def __init__(self, value: object) -> None:
        self.value = value
        super().__init__(f"Value out of range: {value}")


class NotADay(ValueError):
    """Raised when a text is no calendar day of the form YYYY-MM-DD."""

    def __init__(self, text: object) -> None:
        self.text = text
        super().__init__(f"Invalid date: {text}")


class UnknownVersionTag(ValueError):
    """Raised when a text names none of the three versions of an index value."""

    def __init__(self, text: object) -> None:
        self.text = text
        super().__init__(f"Invalid versionTag: {text}")


class UnknownOperation(ValueError):
    """Raised when a lookup asks for an operation that does not exist."""

    def __init__(self, operation: object) -> None:
        self.operation = operation
        super().__init__(f"Unknown lookup operation: {operation}")


class LookupFailed(Exception):
    """Raised when a lookup has no answer; `code` names the reason for programs, `message` for people."""

    code = "LOOKUP_FAILED"

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class SeriesNotFound(LookupFailed):
    """Raised when the tenant has no series of this code."""

    code = "SERIES_NOT_FOUND"

    def __init__(self, series_code: str) -> None:
        self.series_code = series_code
        super().__init__(f"Series not found: {series_code}")


class IndexValueNotFound(LookupFailed):
    """Raised when a series has no value from `first_day` to `last_day`, both inside."""

    code = "INDEX_VALUE_NOT_FOUND"

    def __init__(self, series_code: str, *, first_day: date, last_day: date, fill_days: int | None = None) -> None:
        self.series_code = series_code
        self.first_day = first_day
        self.last_day = last_day
        where = f"from {first_day} to {last_day}"
        if fill_days is not None:
            where = f"on {last_day} or up to {fill_days} days before"
        super().__init__(f"No index value for series '{series_code}' {where}")
