"""Verdicts on answers, by the table that deliveries use."""

from typing import Any

from webhooks.answers import judge


def run(given: dict[str, Any]) -> dict[str, Any]:
    """Return the outcome of one answer; no status stands for a network error."""
    retry_after = given.get("retryAfter")
    verdict = judge(
        status=given.get("status"),
        attempt=given["attempt"],
        max_attempts=given.get("maxAttempts", 3),
        retry_after=None if retry_after is None else str(retry_after),
    )
    answer: dict[str, Any] = {"outcome": verdict.outcome.value, "disableEndpoint": verdict.disables_endpoint}
    if verdict.wait is not None:
        seconds = verdict.wait.total_seconds()
        answer["delaySeconds"] = int(seconds) if seconds.is_integer() else seconds
    return answer
