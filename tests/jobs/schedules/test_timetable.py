"""When a cron line or an interval is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import InvalidTimetable
from jobs.timetable import COUNTED, Timetable, distance

BERLIN = "Europe/Berlin"
LINES = ("*/7 * * * *", "30 2 * * *", "0 */3 * * 1-5", "15 2,3 * * *", "59 23 L * *", "*/20 1-3 * * 0")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def firsts(timetable: Timetable, moment: datetime, count: int) -> list[str]:
    found = []
    for _ in range(count):
        following = timetable.after(moment)
        assert following
        moment = following
        found.append(moment.isoformat(timespec="minutes").removesuffix("+00:00"))
    return found


def test_a_cron_line_is_read_in_its_time_zone() -> None:
    summer = Timetable(cron="0 6 * * 1-5", time_zone=BERLIN)

    assert firsts(summer, at("2026-07-03T00:00"), 2) == ["2026-07-03T04:00", "2026-07-06T04:00"]


def test_a_cron_time_that_spring_skips_is_due_when_the_clock_has_jumped() -> None:
    nightly = Timetable(cron="30 2 * * *", time_zone=BERLIN)

    assert firsts(nightly, at("2026-03-28T12:00"), 2) == ["2026-03-29T01:00", "2026-03-30T00:30"]


def test_a_cron_time_that_autumn_has_twice_is_due_once() -> None:
    nightly = Timetable(cron="30 2 * * *", time_zone=BERLIN)

    assert firsts(nightly, at("2026-10-24T12:00"), 2) == ["2026-10-25T00:30", "2026-10-26T01:30"]


def test_a_cron_line_of_every_half_hour_is_due_in_both_hours_of_autumn() -> None:
    often = Timetable(cron="*/30 * * * *", time_zone=BERLIN)

    found = firsts(often, at("2026-10-24T23:45"), 5)

    assert found == [f"2026-10-25T{time}" for time in ("00:00", "00:30", "01:00", "01:30", "02:00")]


def test_a_schedule_of_every_n_counts_from_its_start_or_from_a_fixed_time() -> None:
    aligned = Timetable(every=timedelta(minutes=15))
    own = Timetable(every=timedelta(minutes=15), starts_at=at("2026-01-01T00:05"))

    assert firsts(aligned, at("2026-02-01T10:01"), 2) == ["2026-02-01T10:15", "2026-02-01T10:30"]
    assert firsts(own, at("2025-02-01T10:01"), 2) == ["2026-01-01T00:05", "2026-01-01T00:20"]


def test_a_schedule_ends_with_its_last_time() -> None:
    bounded = Timetable(cron="0 0 * * *", ends_at=at("2026-01-03T00:00"))

    assert bounded.after(at("2026-01-02T05:00")) == at("2026-01-03T00:00")
    assert bounded.after(at("2026-01-03T00:00")) is None


@given(
    st.sampled_from(LINES),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis wants it so
    st.integers(0, 40),
)
def test_a_cron_line_names_the_same_times_forwards_and_in_arrears(line: str, start: datetime, hours: int) -> None:
    timetable, end = Timetable(cron=line, time_zone=BERLIN), start + timedelta(hours=hours)
    first = timetable.after(start)
    assert first
    walked = [first] if first <= end else []
    while walked and (following := timetable.after(walked[-1])) and following <= end:
        walked.append(following)

    latest, count = timetable.until(first, end, latest=5)

    assert all(earlier < later for earlier, later in pairwise(walked))
    assert (latest, count) == (walked[-5:], len(walked))


def test_years_of_missed_times_are_counted_up_to_a_bound_and_the_latest_named() -> None:
    every_second, first = Timetable(cron="* * * * * *"), at("2016-01-01T00:00")

    latest, count = every_second.until(first, at("2026-01-01T00:00"), latest=2)

    assert latest == [at("2025-12-31T23:59:59"), at("2026-01-01T00:00")]
    assert count == COUNTED
    by_span = Timetable(every=timedelta(seconds=1)).until(first, first + timedelta(days=1), latest=1)
    assert by_span == ([first + timedelta(days=1)], 86_401)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "either"),
        ({"cron": "* * * * *", "every": timedelta(1)}, "either"),
        ({"cron": "61 * * * *"}, "61"),
        ({"cron": "0 0 30 2 *"}, "0 0 30 2"),
        ({"every": timedelta(milliseconds=5)}, "second"),
        ({"cron": "* * * * *", "time_zone": "Berlin"}, "time zone"),
        ({"cron": "* * * * *", "time_zone": "../x"}, "time zone"),
    ],
)
def test_a_schedule_that_is_never_due_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidTimetable, match=said):
        Timetable(**given)  # type: ignore[arg-type]


def test_due_times_are_said_in_words() -> None:
    now = at("2026-11-24T12:00")

    assert Timetable(cron="0 6 * * 1-5", time_zone=BERLIN).words() == (
        "At 06:00 on Monday through Friday (Europe/Berlin)"
    )
    assert Timetable(every=timedelta(minutes=90)).words() == "Every 1 hour 30 minutes"
    assert distance(now + timedelta(minutes=5, seconds=1), now) == "in 5 minutes 1 second"
    assert distance(now - timedelta(days=2), now) == "2 days ago"
