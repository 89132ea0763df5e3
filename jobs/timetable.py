"""When a schedule is due: a cron line in a time zone, or every so long. Pure: the time is passed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from jobs.errors import InvalidTimetable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHORTEST = timedelta(seconds=1)
COUNTED = 1_000
"""Past times of a cron line are counted up to here: years of downtime must not hold the caretaker up."""
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Due times from `starts_at` until `ends_at`, both inside; exactly one of `cron` and `every` is given.

    `cron` is read in `time_zone`, its clock changes as Debian's cron treats them: a time that spring skips is due
    when the clock has jumped, one that autumn has twice is due once. `every` counts from `starts_at`, else from 1970.
    Raises InvalidTimetable.
    """

    cron: str = ""
    every: timedelta | None = None
    time_zone: str = "UTC"
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if bool(self.cron) == (self.every is not None):
            raise InvalidTimetable("either a cron line or an interval is needed")
        if self.every is not None and self.every < SHORTEST:
            raise InvalidTimetable("the interval must be a second or longer")
        zone = self.zone
        if self.cron:
            try:
                never = next(CronSim(self.cron, datetime(2024, 1, 1, tzinfo=zone)), None) is None
            except CronSimError as error:
                raise InvalidTimetable(f"{self.cron!r}: {error}") from None
            if never:
                raise InvalidTimetable(f"{self.cron!r} is never due")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone; raises InvalidTimetable."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidTimetable(f"no time zone {self.time_zone!r} is known") from None

    def after(self, moment: datetime) -> datetime | None:
        """Return the first due time later than a moment, None if there is none."""
        if self.starts_at is not None:
            moment = max(moment, self.starts_at - timedelta(microseconds=1))
        due = next(self._from(moment), None)
        return due if due is not None and (self.ends_at is None or due <= self.ends_at) else None

    def until(self, first: datetime, moment: datetime, *, latest: int) -> tuple[list[datetime], int]:
        """Return the `latest` due times from `first`, which is one, to a moment, oldest first; and how many there are.

        The count of a cron line stops at COUNTED.
        """
        moment = moment if self.ends_at is None else min(moment, self.ends_at)
        if moment < first:
            return [], 0
        if self.every is not None:
            count = (moment - first) // self.every + 1
            return [first + self.every * n for n in range(max(0, count - latest), count)], count
        near = list(islice(self._until(first - timedelta(microseconds=1), moment), COUNTED))
        if len(near) < COUNTED:
            return near[-latest:], len(near)
        back = CronSim(self.cron, (moment + timedelta(seconds=1)).astimezone(self.zone), reverse=True)
        dues = list(islice((due.astimezone(UTC) for due in back if due <= moment), latest))
        return dues[::-1], COUNTED

    def words(self) -> str:
        """Say when it is due, in English."""
        if self.every is not None:
            return f"Every {span(self.every)}"
        return f"{CronSim(self.cron, EPOCH).explain()} ({self.time_zone})"

    def _from(self, moment: datetime) -> Iterator[datetime]:
        if self.every is None:
            # An iterator that has run out of years ends; in UTC, since two local times of autumn compare as equal
            yield from (due.astimezone(UTC) for due in CronSim(self.cron, moment.astimezone(self.zone)))
            return
        anchor = self.starts_at or EPOCH
        turn = (moment - anchor) // self.every + 1
        while True:
            yield (anchor + self.every * turn).astimezone(UTC)
            turn += 1

    def _until(self, first: datetime, moment: datetime) -> Iterator[datetime]:
        for due in self._from(first):
            if due > moment:
                return
            yield due


def span(length: timedelta) -> str:
    """Say how long, in its two largest units: "1 hour 30 minutes"."""
    parts, left = [], length
    for name, unit in _UNITS:
        count, left = divmod(left, unit)
        if count:
            parts.append(f"{count} {name}{'s' if count != 1 else ''}")
    seconds = left.total_seconds()
    if seconds or not parts:
        parts.append(f"{seconds:g} second{'s' if seconds != 1 else ''}")
    return " ".join(parts[:2])


def distance(moment: datetime, now: datetime) -> str:
    """Say how far off a moment is: "in 5 minutes", "2 hours ago"."""
    seconds = round((moment - now).total_seconds())
    if seconds == 0:
        return "now"
    said = span(timedelta(seconds=abs(seconds)))
    return f"in {said}" if seconds > 0 else f"{said} ago"
