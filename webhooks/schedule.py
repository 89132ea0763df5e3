"""How long a delivery waits between attempts."""

from collections.abc import Sequence
from datetime import timedelta

FIRST_WAIT = 5.0
FACTOR = 5
LONGEST_WAIT = 36_000.0

LONG_RETRY_DELAYS = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Eight attempts over 27 hours and a half, for `WEBHOOKS["RETRY_DELAYS"]`: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h."""


def wait_after(attempt: int, *, delays: Sequence[float] = ()) -> timedelta:
    """Return the wait after failed attempt `attempt` (from 1): the listed one, else 5 s times 5^(n-1) up to 10 h.

    Attempts past the end of `delays` wait as long as the last.
    """
    if delays:
        return timedelta(seconds=delays[min(attempt, len(delays)) - 1])
    exponent = min(attempt - 1, 10)  # keeps the power small; the cap is reached at 6
    return timedelta(seconds=min(FIRST_WAIT * FACTOR**exponent, LONGEST_WAIT))
