"""What the webhook receiver, a process of its own, says it has verified."""

import json
from pathlib import Path
from typing import Any


def verified_events(log: Path) -> list[dict[str, Any]]:
    """Return the events that the receiver has verified so far, in order of arrival.

    One that was sent again, since its worker died before it could note the answer, counts once.
    """
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    records = [json.loads(line) for line in lines if line.endswith("\n")]  # the last line may still be in the making
    events = {record["event"]["eventId"]: record["event"] for record in records if record["result"] == "verified"}
    return list(events.values())


def completed_batches(log: Path) -> set[str]:
    """Return the batches whose completion the receiver has heard of and verified."""
    return {
        str(event["data"]["batchId"])
        for event in verified_events(log)
        if event["type"] == "calc.batch.completed" and event["data"]["status"] == "COMPLETED"
    }
