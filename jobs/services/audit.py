"""Writes down who did what to which entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address as parse_ip
from typing import TYPE_CHECKING, Any

from django.apps import apps

from jobs.masking import mask
from jobs.origin import origin

if TYPE_CHECKING:
    from jobs.models import AuditLog


def write_audit(
    *,
    tenant_id: str | None,
    action: str,
    entity_type: str,
    entity_id: str,
    user_id: str = "system",
    correlation_id: str | None = None,
    changes: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    ip_address: str | None = None,
    user_agent: str | None = None,
) -> None:
    """Insert one audit row in the caller's transaction; `changes` are masked, all values are plain JSON.

    Without an address and a user agent, those of the request that is being answered are taken. An address that is
    none is left out and a user agent is cut to the column: what a client sent must not undo the action it is recorded
    for.
    """
    _row(
        tenant_id=tenant_id,
        action=action,
        entity_type=entity_type,
        entity_id=entity_id,
        user_id=user_id,
        correlation_id=correlation_id,
        changes=changes,
        metadata=metadata,
        ip_address=ip_address,
        user_agent=user_agent,
    ).save(force_insert=True)


def write_audits(entries: Iterable[Mapping[str, Any]], *, using: str = "default") -> None:
    """Insert many audit rows in bulk, each given as the keywords of `write_audit`."""
    audit_log = apps.get_model("jobs", "AuditLog")
    audit_log.objects.using(using).bulk_create([_row(**entry) for entry in entries], batch_size=1_000)


def _row(
    *,
    tenant_id: str | None,
    action: str,
    entity_type: str,
    entity_id: str,
    user_id: str = "system",
    correlation_id: str | None = None,
    changes: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    ip_address: str | None = None,
    user_agent: str | None = None,
) -> AuditLog:
    came = origin()
    agent = user_agent or came.user_agent
    row: AuditLog = apps.get_model("jobs", "AuditLog")(
        tenant_id=tenant_id or None,
        action=action,
        entity_type=entity_type,
        entity_id=entity_id,
        user_id=user_id,
        correlation_id=correlation_id or None,
        changes=mask(changes),
        metadata=None if metadata is None else dict(metadata),
        ip_address=_readable(ip_address or came.ip_address),
        user_agent=agent[:400] if agent else None,
    )
    return row


def _readable(address: str | None) -> str | None:
    """Return the address if it is one."""
    try:
        return str(parse_ip(address.partition("%")[0])) if address else None  # the zone means nothing elsewhere
    except ValueError:
        return None
