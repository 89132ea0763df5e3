"""Writes operators' actions into the audit log, in the transaction of the action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobs.canonical import timestamp
from jobs.operator import Operator
from jobs.services.audit import write_audits


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that an operator changed: how it was and how it is, in plain JSON without payloads."""

    action: str
    entity_type: str
    entity_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    tenant: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One job that a verb has moved."""

    id: str
    queue: str
    tenant: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def audit_changes(changes: Iterable[Change], *, by: Operator, reason: str = "", using: str = "default") -> None:
    """Write one audit row a change; call it inside the transaction that makes them."""
    write_audits(
        (
            {
                "tenant_id": change.tenant,
                "action": change.action,
                "entity_type": change.entity_type,
                "entity_id": change.entity_id,
                "user_id": by.user_id,
                "ip_address": by.ip_address,
                "user_agent": by.user_agent,
                "changes": {"before": change.before, "after": change.after} | ({"reason": reason} if reason else {}),
                "metadata": change.metadata or None,
            }
            for change in changes
        ),
        using=using,
    )


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON holds them: times as texts."""
    return {name: timestamp(value) if isinstance(value, datetime) else value for name, value in values.items()}


def audit_jobs(action: str, moved: Iterable[Moved], *, by: Operator, reason: str, using: str) -> None:
    """Write one audit row a moved job."""
    changes = (
        Change(
            action=action,
            entity_type="JOB",
            entity_id=job.id,
            before=job.before,
            after=job.after,
            tenant=job.tenant,
            metadata={"queue": job.queue},
        )
        for job in moved
    )
    audit_changes(changes, by=by, reason=reason, using=using)


def audit_queue(
    action: str,
    queue: str,
    *,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    by: Operator,
    reason: str,
    using: str,
) -> None:
    """Write one audit row of a queue."""
    change = Change(action=action, entity_type="QUEUE", entity_id=queue, before=before or {}, after=after)
    audit_changes([change], by=by, reason=reason, using=using)
