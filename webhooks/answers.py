"""Judges a receiver's answer: what it means for the delivery, and how long to wait before the next try."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from webhooks.schedule import wait_after

LONGEST_RETRY_AFTER = 3_600
GONE = 410

_SUCCESS = range(200, 300)
_TRY_AGAIN = frozenset({429, *range(500, 600)})
_HEEDS_RETRY_AFTER = frozenset({429, 503})


class Outcome(StrEnum):
    """What one attempt comes to."""

    SUCCESS = "success"
    RETRY = "retry"
    FAILED = "failed"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of one attempt; `wait` is set for RETRY only."""

    outcome: Outcome
    wait: timedelta | None = None
    disables_endpoint: bool = False


def judge(
    *,
    status: int | None,
    attempt: int,
    max_attempts: int,
    retry_after: str | None = None,
    delays: Sequence[float] = (),
) -> Verdict:
    """Judge the answer to attempt `attempt` of `max_attempts`; `status` None is a timeout or a broken connection.

    `retry_after` is the header's text: whole seconds lengthen the wait after 429 and 503, up to an hour; anything
    else is passed over.
    """
    if status in _SUCCESS:
        return Verdict(outcome=Outcome.SUCCESS)
    if status is not None and status not in _TRY_AGAIN:
        return Verdict(outcome=Outcome.FAILED, disables_endpoint=status == GONE)
    if attempt >= max_attempts:
        return Verdict(outcome=Outcome.EXHAUSTED)
    asked = _seconds(retry_after) if status in _HEEDS_RETRY_AFTER else timedelta()
    return Verdict(outcome=Outcome.RETRY, wait=max(wait_after(attempt, delays=delays), asked))


def _seconds(retry_after: str | None) -> timedelta:
    text = (retry_after or "").strip()
    if not (text.isascii() and text.isdigit()):
        return timedelta()
    digits = text.lstrip("0")[:5]  # five digits pass the cap already
    return timedelta(seconds=min(int(digits or 0), LONGEST_RETRY_AFTER))
