"""Runs the conformance cases about the audit log: masking, redaction, and the export of stored entries."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from jobs import AuditLog, export_audit
from jobs.masking import mask, redact_ip, redact_user_agent
from tests.calculations.rows import make_tenant

_VALUES = {"mask": mask, "redact_ip": redact_ip, "redact_ua": redact_user_agent}


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the masked or redacted value, or the export of the case's entries."""
    if case["op"] in _VALUES:
        return {"value": _number(_VALUES[case["op"]](case["value"]))}
    tenants = {_store(entry).tenant_id for entry in case["entries"]}
    assert len(tenants) <= 1, "an export is one tenant's"
    file = BytesIO()
    export = export_audit(tenant_id=str(next(iter(tenants), "t1")), into=file)
    return {"jsonl": file.getvalue().decode(), "count": export.count, "sha256": export.sha256}


def _store(entry: dict[str, Any]) -> AuditLog:
    """Store an entry as of its time."""
    return AuditLog.objects.create(
        id=entry["id"],
        tenant=make_tenant(entry["tenantId"]),
        user_id=entry.get("userId", "system"),
        action=entry["action"],
        entity_type=entry["entityType"],
        entity_id=entry["entityId"],
        correlation_id=entry.get("correlationId"),
        changes=entry.get("changes"),
        metadata=entry.get("metadata"),
        ip_address=entry.get("ipAddress"),
        user_agent=entry.get("userAgent"),
        created_at=datetime.fromisoformat(entry["createdAt"]),
    )


def _number(value: Any) -> Any:
    """Return a masked value with its numbers as JSON writes them; cases are read with exact decimals."""
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_number(item) for item in value]
    return value if value is None or isinstance(value, str | int | bool) else float(value)
