"""Reads the audit log back, for people outside: oldest first, redacted, with a hash."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Literal

from django.db.models import Q, QuerySet

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


def read_audit(
    *, tenant_id: str, any_of: Iterable[Q], until: datetime | None = None, beside: Q | None = None
) -> Iterator[AuditEntry]:
    """Yield the tenant's entries that meet one of the conditions, oldest first and redacted.

    `until` is inside; `beside` leaves entries out. Reads in chunks, so memory stays flat.
    """
    rows = _rows(tenant_id, any_of).exclude(beside or Q(pk__in=[]))
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    for values in rows.order_by("created_at", "id").values(*_FIELDS).iterator(chunk_size=_AT_ONCE):
        yield AuditEntry(**values).redacted()


def count_audit(*, tenant_id: str, any_of: Iterable[Q], beside: Q | None = None) -> int:
    """Return how many entries `read_audit` would yield."""
    return _rows(tenant_id, any_of).exclude(beside or Q(pk__in=[])).count()


def _rows(tenant_id: str, any_of: Iterable[Q]) -> QuerySet[AuditLog]:
    """Return the entries that meet one of the conditions; each condition has its own index, which OR would not use."""
    first, *further = [AuditLog.objects.filter(condition, tenant_id=tenant_id) for condition in any_of]
    if not further:
        return first
    return AuditLog.objects.filter(pk__in=first.values("pk").union(*(rows.values("pk") for rows in further)))


def export_audit(
    *, tenant_id: str, into: IO[bytes], wanted: AuditFilter | None = None, form: Literal["jsonl", "json"] = "jsonl"
) -> AuditExport:
    """Write the tenant's entries into a file: one JSON object a line, or (`json`) one array of the same objects."""
    count, digest = 0, hashlib.sha256()

    def write(part: bytes) -> None:
        digest.update(part)
        into.write(part)

    for entry in read_audit(tenant_id=tenant_id, any_of=[(wanted or AuditFilter()).as_q()]):
        line = entry.line()
        write(line if form == "jsonl" else (b"," if count else b"[") + line.rstrip(b"\n"))
        count += 1
    if form == "json":
        write(b"]" if count else b"[]")
    return AuditExport(count=count, sha256=digest.hexdigest())
