"""How long a failed job waits before its next attempt."""

from __future__ import annotations

import random

from jobs.conf import JobsSettings, jobs_settings


def backoff_ms(attempt: int, *, policy: JobsSettings | None = None) -> int:
    """Return the wait after failed attempt `attempt` (from 1), in milliseconds.

    First wait · factor^(attempt − 1), at most the cap: 5, 25, 125 s … by default (domain specification, 11.2).
    Jitter j makes it uniform in [(1 − j)·wait, wait].
    """
    policy = policy or jobs_settings()
    exponent = min(attempt - 1, 60)  # beyond any cap; keeps the power small
    return spread(policy.backoff_ms * policy.backoff_factor**exponent, policy=policy)


def spread(wait: float, *, policy: JobsSettings) -> int:
    """Return a wait within the policy's cap, and with its jitter, in milliseconds."""
    wait = max(0, min(wait, policy.backoff_cap_ms))
    if policy.backoff_jitter:
        wait = int(wait * random.uniform(1 - policy.backoff_jitter, 1))  # noqa: S311  (spreads load, guards nothing)
    return int(wait)
