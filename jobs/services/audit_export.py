"""Reads the audit log back, for people outside: oldest first, redacted, with a hash."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Literal

from django.db.models import Q

from jobs.audit_entry import AuditEntry
from jobs.models.audit import AuditLog

_AT_ONCE = 500
_FIELDS = tuple(AuditEntry.__dataclass_fields__)
_LOOKUPS = {"since": "created_at__gte", "until": "created_at__lte"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; None takes all, `since` and `until` are inside."""

    action: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    user_id: str | None = None
    correlation_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def as_q(self) -> Q:
        """Return the condition on rows."""
        return Q(**{_LOOKUPS.get(name, name): value for name, value in asdict(self).items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditExport:
    """What an export wrote: how many entries, and the SHA-256 of exactly its bytes."""

    count: int
    sha256: str


def read_audit(*, tenant_id: str, matching: Q) -> Iterator[AuditEntry]:
    """Yield the tenant's matching entries, oldest first and redacted; reads in chunks, so memory stays flat."""
    rows = AuditLog.objects.filter(matching, tenant_id=tenant_id).order_by("created_at", "id")
    for values in rows.values(*_FIELDS).iterator(chunk_size=_AT_ONCE):
        yield AuditEntry(**values).redacted()


def export_audit(
    *, tenant_id: str, into: IO[bytes], wanted: AuditFilter | None = None, form: Literal["jsonl", "json"] = "jsonl"
) -> AuditExport:
    """Write the tenant's entries into a file: one JSON object a line, or (`json`) one array of the same objects."""
    count, digest = 0, hashlib.sha256()

    def write(part: bytes) -> None:
        digest.update(part)
        into.write(part)

    for entry in read_audit(tenant_id=tenant_id, matching=(wanted or AuditFilter()).as_q()):
        line = entry.line()
        write(line if form == "jsonl" else (b"," if count else b"[") + line.rstrip(b"\n"))
        count += 1
    if form == "json":
        write(b"]" if count else b"[]")
    return AuditExport(count=count, sha256=digest.hexdigest())
