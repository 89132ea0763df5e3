"""What can go wrong with numbers, series, lookups and uploads."""

from __future__ import annotations

from datetime import date


class BadCell(ValueError):
    """Raised when a text does not say what its place asks for; `code` is the one of the row fault."""

    code = "INVALID_VALUE"

    def __init__(self, found: object, problem: str) -> None:
        self.text = str(found)
        super().__init__(f"{problem}: {found!r}")


class NotANumber(BadCell):
    """Raised when a value is neither a JSON number nor a plain number text."""

    code = "INVALID_VALUE"

    def __init__(self, found: object) -> None:
        super().__init__(found, "Not a number")


class ValueOutOfRange(BadCell):
    """Raised when a number has too many digits before its point to be stored."""

    code = "VALUE_OUT_OF_RANGE"

    def __init__(self, found: object) -> None:
        super().__init__(found, "Value out of range")


class NotADay(BadCell):
    """Raised when a text is no calendar day of the form YYYY-MM-DD."""

    code = "INVALID_DATE"

    def __init__(self, found: object) -> None:
        super().__init__(found, "Not a day (YYYY-MM-DD)")


class UnknownVersionTag(BadCell):
    """Raised when a text names none of the three versions of an index value."""

    code = "INVALID_VERSION_TAG"

    def __init__(self, found: object) -> None:
        super().__init__(found, "Not a version tag")


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


class RunNotFound(Exception):
    """Raised when no run has this id."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"Ingestion run not found: {run_id}")


class TenantMismatch(Exception):
    """Raised when a run belongs to another tenant than its job says."""

    def __init__(self, run_id: str, tenant_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"Ingestion run {run_id} is not of tenant {tenant_id}")


class TenantNotFound(Exception):
    """Raised when a job is of a tenant that does not exist."""

    def __init__(self, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        super().__init__(f"Tenant not found: {tenant_id}")


class RunMoved(Exception):
    """Raised when another worker has moved a run; its transaction undoes what we did, a retry goes on from there."""

    def __init__(self, run_id: str, *, rows_done: int) -> None:
        self.run_id = run_id
        super().__init__(f"Ingestion run {run_id} is no longer running at row {rows_done}")


class FeedNotFound(Exception):
    """Raised when a tenant has no such feed."""

    def __init__(self, feed_id: str) -> None:
        super().__init__(f"Feed not found: {feed_id}")


class FeedRefused(Exception):
    """Raised when a feed's location, or what it holds, will not be read however often one asks."""

    def __init__(self, location: str, problem: str) -> None:
        super().__init__(f"{location}: {problem}")


class FeedUnreadable(Exception):
    """Raised when a feed cannot be read just now."""

    def __init__(self, location: str, problem: str) -> None:
        super().__init__(f"{location}: {problem}")
