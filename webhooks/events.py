"""Writes event bodies: which facts each event carries, in which order, as which text."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from jobs import timestamp as timestamp_text
from webhooks.errors import MissingFact, UnknownEventType


class EventType(StrEnum):
    """What an endpoint may subscribe to."""

    INGESTION_COMPLETED = "ingestion.completed"
    BATCH_COMPLETED = "calc.batch.completed"
    BATCH_APPROVED = "calc.batch.approved"
    BATCH_REJECTED = "calc.batch.rejected"


TEST_EVENT = "webhook.test"
"""Sent by hand to try an endpoint; nobody subscribes to it."""

BODY_VERSION = "v1"

# A name ending in "?" is optional: left out when its value is null.
_FACTS: Mapping[str, tuple[str, ...]] = {
    EventType.INGESTION_COMPLETED: (
        "ingestionId", "seriesCode", "asOfDate", "versionTag", "recordCount", "status", "errorMessage?",
    ),
    EventType.BATCH_COMPLETED: (
        "batchId", "pamId", "pamName", "asOfDate", "status", "itemCount", "errorCount?", "errorMessage?",
        "executionTimeMs",
    ),
    EventType.BATCH_APPROVED: (
        "batchId", "pamId", "pamName", "asOfDate", "approvedBy", "approvedAt", "itemCount", "overrideCount",
    ),
    EventType.BATCH_REJECTED: (
        "batchId", "pamId", "pamName", "asOfDate", "rejectedBy", "rejectedAt", "reason?",
    ),
    TEST_EVENT: ("endpointId",),
}  # fmt: skip

_SHORT_TAGS = {"PRELIMINARY": "prelim", "FINAL": "final", "REVISED": "revised"}


def is_subscribable(event_type: str) -> bool:
    """Tell whether `event_type` is one of the four that endpoints subscribe to."""
    return event_type in set(EventType)


def build_body(
    *, event_type: str, event_id: str, timestamp: datetime, tenant_id: str, facts: Mapping[str, object]
) -> str:
    """Return the exact text that is signed and sent: compact JSON, keys in a fixed order, non-ASCII as it is.

    `facts` are camelCase; dates and moments are written as text, facts that the event does not carry are dropped.
    Raises UnknownEventType and MissingFact.
    """
    event = {
        "version": BODY_VERSION,
        "type": str(event_type),
        "eventId": event_id,
        "timestamp": timestamp_text(timestamp),
        "tenantId": tenant_id,
        "data": _data(event_type, facts),
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _data(event_type: str, facts: Mapping[str, object]) -> dict[str, object]:
    if event_type not in _FACTS:
        raise UnknownEventType(event_type)
    data = {}
    for entry in _FACTS[event_type]:
        name = entry.removesuffix("?")
        value = facts.get(name)
        if value is not None:
            data[name] = _value(name, value)
        elif not entry.endswith("?"):
            raise MissingFact(event_type, name)
    return data


def _value(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return timestamp_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if name == "versionTag":
        return _SHORT_TAGS.get(str(value), str(value))
    return value
