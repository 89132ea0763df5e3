"""Seconds between attempts (specification 11.2)."""

from typing import Any

from jobs.backoff import backoff_ms


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the waits between as many attempts as the case has."""
    return {"delays": [backoff_ms(attempt) // 1000 for attempt in range(1, case["attempts"])]}
