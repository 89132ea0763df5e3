"""The job engine's front door: everything an app may use of it.

Names resolve on first use (PEP 562): Django imports this package before its models can be imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobs.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
    from jobs.api.any_type import AnyType
    from jobs.api.problems import problem
    from jobs.api.tenancy import Right
    from jobs.api.tenant_view import TenantView
    from jobs.audit_entry import AuditEntry
    from jobs.canonical import canonical_json, timestamp
    from jobs.composing import FlowPlan, batch, chain, flow
    from jobs.current import current_job
    from jobs.declare import actor
    from jobs.dedup import Dedup, Won, debounce, keep_last, throttle, until_done
    from jobs.endings import Cancelled, Fail, RateLimited, Retry, Snooze
    from jobs.enqueueing import enqueue, enqueue_many
    from jobs.events import get_queue_events
    from jobs.flow_handle import FlowHandle
    from jobs.handle import JobHandle
    from jobs.ids import new_id
    from jobs.models.audit import AuditLog
    from jobs.models.tenant import Membership, Tenant
    from jobs.on_failure import OnFailure
    from jobs.operator import Operator
    from jobs.payload import Payload
    from jobs.queue import (
        get_all_queue_metrics,
        get_job_status,
        get_queue,
        get_queue_figures,
        get_queue_metrics,
    )
    from jobs.recurring import schedule
    from jobs.services.audit import write_audit, write_audits
    from jobs.services.audit_export import AuditFilter, count_audit, export_audit, read_audit
    from jobs.services.erase import erase_tenant
    from jobs.services.erase_rows import erase_rows
    from jobs.workers import get_worker_status, get_workers, start_workers, stop_workers

_HOME = {
    "AnyType": "jobs.api.any_type",
    "AuditEntry": "jobs.audit_entry",
    "AuditFilter": "jobs.services.audit_export",
    "AuditLog": "jobs.models.audit",
    "Cancelled": "jobs.endings",
    "Fail": "jobs.endings",
    "Dedup": "jobs.dedup",
    "FlowHandle": "jobs.flow_handle",
    "FlowPlan": "jobs.composing",
    "JobHandle": "jobs.handle",
    "Membership": "jobs.models.tenant",
    "OnFailure": "jobs.on_failure",
    "Operator": "jobs.operator",
    "Payload": "jobs.payload",
    "RateLimited": "jobs.endings",
    "ReadOnlyAdmin": "jobs.admin.readonly",
    "ReadOnlyInline": "jobs.admin.readonly",
    "Retry": "jobs.endings",
    "Right": "jobs.api.tenancy",
    "Snooze": "jobs.endings",
    "Tenant": "jobs.models.tenant",
    "TenantView": "jobs.api.tenant_view",
    "Won": "jobs.dedup",
    "actor": "jobs.declare",
    "batch": "jobs.composing",
    "canonical_json": "jobs.canonical",
    "chain": "jobs.composing",
    "count_audit": "jobs.services.audit_export",
    "current_job": "jobs.current",
    "debounce": "jobs.dedup",
    "enqueue": "jobs.enqueueing",
    "enqueue_many": "jobs.enqueueing",
    "erase_rows": "jobs.services.erase_rows",
    "erase_tenant": "jobs.services.erase",
    "export_audit": "jobs.services.audit_export",
    "flow": "jobs.composing",
    "get_all_queue_metrics": "jobs.queue",
    "get_job_status": "jobs.queue",
    "get_queue": "jobs.queue",
    "get_queue_events": "jobs.events",
    "get_queue_figures": "jobs.queue",
    "get_queue_metrics": "jobs.queue",
    "get_worker_status": "jobs.workers",
    "get_workers": "jobs.workers",
    "keep_last": "jobs.dedup",
    "new_id": "jobs.ids",
    "problem": "jobs.api.problems",
    "read_audit": "jobs.services.audit_export",
    "schedule": "jobs.recurring",
    "start_workers": "jobs.workers",
    "stop_workers": "jobs.workers",
    "throttle": "jobs.dedup",
    "timestamp": "jobs.canonical",
    "until_done": "jobs.dedup",
    "write_audit": "jobs.services.audit",
    "write_audits": "jobs.services.audit",
}

__all__ = [
    "AnyType",
    "AuditEntry",
    "AuditFilter",
    "AuditLog",
    "Cancelled",
    "Dedup",
    "Fail",
    "FlowHandle",
    "FlowPlan",
    "JobHandle",
    "Membership",
    "OnFailure",
    "Operator",
    "Payload",
    "RateLimited",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "Retry",
    "Right",
    "Snooze",
    "Tenant",
    "TenantView",
    "Won",
    "actor",
    "batch",
    "canonical_json",
    "chain",
    "count_audit",
    "current_job",
    "debounce",
    "enqueue",
    "enqueue_many",
    "erase_rows",
    "erase_tenant",
    "export_audit",
    "flow",
    "get_all_queue_metrics",
    "get_job_status",
    "get_queue",
    "get_queue_events",
    "get_queue_figures",
    "get_queue_metrics",
    "get_worker_status",
    "get_workers",
    "keep_last",
    "new_id",
    "problem",
    "read_audit",
    "schedule",
    "start_workers",
    "stop_workers",
    "throttle",
    "timestamp",
    "until_done",
    "write_audit",
    "write_audits",
]


def __getattr__(name: str) -> Any:
    """Import the module that defines `name`, and return it."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(_HOME[name]), name)
