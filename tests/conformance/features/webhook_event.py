"""Event bodies, by the builder that emits them."""

from datetime import datetime
from typing import Any

from webhooks.events import build_body


def run(given: dict[str, Any]) -> dict[str, Any]:
    """Return the exact body of one event."""
    body = build_body(
        event_type=given["type"],
        event_id=given["eventId"],
        timestamp=datetime.fromisoformat(given["timestamp"]),
        tenant_id=given["tenantId"],
        facts=given["data"],
    )
    return {"body": body}
