"""One entry of the audit log as it leaves the system."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs.canonical import canonical_json, timestamp
from jobs.masking import redact_ip, redact_user_agent


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which entity, and when."""

    id: str
    tenant_id: str | None
    user_id: str
    action: str
    entity_type: str
    entity_id: str
    created_at: datetime
    correlation_id: str | None = None
    changes: Any = None
    metadata: Any = None
    ip_address: str | None = None
    user_agent: str | None = None

    def redacted(self) -> "AuditEntry":
        """Return the entry without what tells a person's machine apart."""
        return replace(self, ip_address=redact_ip(self.ip_address), user_agent=redact_user_agent(self.user_agent))

    def as_json(self) -> dict[str, Any]:
        """Return the fields under their JSON names; absent ones are left out."""
        fields = {
            "id": self.id,
            "tenantId": self.tenant_id,
            "userId": self.user_id,
            "action": self.action,
            "entityType": self.entity_type,
            "entityId": self.entity_id,
            "correlationId": self.correlation_id,
            "changes": self.changes,
            "metadata": self.metadata,
            "ipAddress": self.ip_address,
            "userAgent": self.user_agent,
            "createdAt": timestamp(self.created_at),
        }
        return {name: value for name, value in fields.items() if value is not None}

    def line(self) -> bytes:
        """Return the entry as one line of JSON lines, the form that exports hash."""
        # A lone surrogate, which JSON can hold and UTF-8 cannot, becomes its JSON escape.
        return canonical_json(self.as_json()).encode("utf-8", "backslashreplace") + b"\n"
