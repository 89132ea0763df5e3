"""What an answer means."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.answers import Outcome, Verdict, judge
from webhooks.schedule import LONG_RETRY_DELAYS, wait_after


def first(status: int | None, retry_after: str | None = None) -> Verdict:
    return judge(status=status, attempt=1, max_attempts=3, retry_after=retry_after)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_a_success(status: int) -> None:
    assert first(status) == Verdict(outcome=Outcome.SUCCESS)


@pytest.mark.parametrize("status", [101, 301, 302, 304, 400, 401, 404, 408, 428, 430, 600])
def test_redirects_and_other_refusals_are_final(status: int) -> None:
    assert first(status) == Verdict(outcome=Outcome.FAILED)


def test_410_is_final_and_disables_the_endpoint() -> None:
    assert first(410) == Verdict(outcome=Outcome.FAILED, disables_endpoint=True)


@pytest.mark.parametrize("status", [None, 429, 500, 502, 503, 599])
def test_network_errors_429_and_5xx_are_tried_again_until_the_last_attempt(status: int | None) -> None:
    assert first(status) == Verdict(outcome=Outcome.RETRY, wait=timedelta(seconds=5))
    assert judge(status=status, attempt=2, max_attempts=3).wait == timedelta(seconds=25)
    assert judge(status=status, attempt=3, max_attempts=3) == Verdict(outcome=Outcome.EXHAUSTED)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "120", 120),
        (503, "120", 120),
        (500, "120", 5),
        (None, "120", 5),
        (429, "2", 5),
        (429, "3601", 3600),
        (429, "9" * 5000, 3600),
        (429, "0000000120", 120),
        (429, "-3", 5),
        (429, "Wed, 21 Oct 2026 07:28:00 GMT", 5),
        (429, "²", 5),
        (429, "", 5),
    ],
)
def test_retry_after_lengthens_the_wait_up_to_an_hour(status: int | None, header: str, seconds: int) -> None:
    assert first(status, header).wait == timedelta(seconds=seconds)


@given(attempt=st.integers(1, 10_000))
def test_waits_grow_up_to_ten_hours(attempt: int) -> None:
    assert wait_after(attempt) <= wait_after(attempt + 1) <= timedelta(hours=10)


def test_the_usual_waits_are_5_25_125_and_625_seconds() -> None:
    assert [wait_after(n).total_seconds() for n in (1, 2, 3, 4)] == [5, 25, 125, 625]


def test_the_long_schedule_makes_eight_attempts_over_27_hours() -> None:
    waits = [wait_after(n, delays=LONG_RETRY_DELAYS) for n in range(1, 8)]

    assert waits[0] == timedelta(seconds=5)
    assert timedelta(hours=27) < sum(waits, timedelta()) < timedelta(hours=28)
    assert wait_after(99, delays=LONG_RETRY_DELAYS) == timedelta(hours=10)
