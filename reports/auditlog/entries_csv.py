"""The audit report as CSV with one record an entry."""

from collections.abc import Iterable, Iterator
from typing import Any

from jobs import AuditEntry, canonical_json, timestamp
from reports.records import guard, records

HEADER = (
    "createdAt",
    "action",
    "entityType",
    "entityId",
    "userId",
    "correlationId",
    "changes",
    "metadata",
    "ipAddress",
    "userAgent",
)


def audit_csv(entries: Iterable[AuditEntry]) -> Iterator[bytes]:
    """Yield the file's records; entries come redacted, oldest first."""
    return records(HEADER, map(_row, entries))


def _row(entry: AuditEntry) -> tuple[str, ...]:
    """Return an entry's cells."""
    texts = (
        entry.action,
        entry.entity_type,
        entry.entity_id,
        entry.user_id,
        entry.correlation_id or "",
        _json(entry.changes),
        _json(entry.metadata),
        entry.ip_address or "",
        entry.user_agent or "",
    )
    return timestamp(entry.created_at), *map(guard, texts)


def _json(value: Any) -> str:
    """Return a JSON value as text, nothing for an absent one."""
    return "" if value is None else canonical_json(value)
