"""Calendar days without a time zone."""

from __future__ import annotations

import calendar
from datetime import date

from ingestion.errors import NotADay


def read_day(text: str) -> date:
    """Return the day of a `YYYY-MM-DD` text; raise `NotADay` for other forms and for days that do not exist."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":  # fromisoformat also reads weeks and 20240115
        raise NotADay(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text) from None


def days_before(day: date, days: int) -> date:
    """Return the day so many days earlier, at the earliest the first day that a date can hold."""
    return date.fromordinal(max(day.toordinal() - days, 1))


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
