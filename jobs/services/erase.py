"""Erases a tenant: its jobs, its audit log, what the apps have of it, and at last the tenant itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import transaction

from jobs.errors import EraseNotConfirmed, TenantBusy
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.services.discard import discard
from jobs.services.dispatching import tell
from jobs.services.erase_rows import erase_rows
from jobs.services.operator_audit import Change, audit_changes
from jobs.services.permissions import permit
from jobs.signals import erasing
from jobs.states import State

STEP = 1_000
"""Jobs a transaction."""


def erase_tenant(
    tenant: str, *, confirm: str, force: bool = False, by: Operator = SYSTEM, reason: str = "", using: str = "default"
) -> Mapping[str, int]:
    """Delete all that belongs to a tenant, for good, in bounded steps; return how many jobs, rows and audit entries.

    `confirm` is the tenant's id, typed again. Who works for it and its schedules go first, so that nothing new begins.
    The accounts of its users stay, and so does an audit entry of no tenant that tells of the erasure. If it is
    interrupted, it goes on where it was when it is called again.

    Raises NotPermitted, EraseNotConfirmed, and TenantBusy while jobs of the tenant run; with `force` these are told to
    stop and their outcomes refused.
    """
    permit(by, Deed.ERASE)
    if not tenant or confirm != tenant:
        raise EraseNotConfirmed(tenant)
    running = _of("Job", tenant, using).filter(state=State.ACTIVE, finished_at=None).count()
    if running and not force:
        raise TenantBusy(tenant, running)
    _audit("ERASE", tenant, {}, by=by, reason=reason, using=using)
    _drop("Membership", tenant, using)
    _drop("Schedule", tenant, using)
    # Not only their limits to this tenant, which would widen them.
    apps.get_model("knox", "AuthToken").objects.using(using).filter(limits__tenant=tenant).delete()
    gone: Counter[str] = Counter()
    while step := _step(tenant, using):
        gone.update(step)
    with transaction.atomic(using=using):
        gone["auditEntries"] += _of("AuditLog", tenant, using).delete()[0]  # what has come in since the last step
        apps.get_model("jobs", "Tenant").objects.using(using).filter(pk=tenant).delete()
        _audit("ERASED", tenant, dict(gone), by=by, reason=reason, using=using)
    return dict(gone)


def _step(tenant: str, using: str) -> Mapping[str, int]:
    """Delete some of everything, jobs first, as these may make what comes after; return how much, {} at the end."""
    done = {
        "jobs": _erase_jobs(tenant, using),
        "rows": sum(int(gone or 0) for _, gone in erasing.send(sender=erase_tenant, tenant=tenant)),
        "auditEntries": erase_rows(_of("AuditLog", tenant, using)),
    }
    done["rows"] += erase_rows(
        apps.get_model("jobs", "OperationRow").objects.using(using).filter(operation__tenant=tenant),
        _of("Operation", tenant, using),
        _of("Flow", tenant, using),
        _of("DedupKey", tenant, using),
        _of("DedupKey", tenant, using),
    )
    return done if any(done.values()) else {}


def _erase_jobs(tenant: str, using: str) -> int:
    """Delete all jobs of the tenant that are there now, along the primary key; running ones are told to stop."""
    gone, last = 0, None
    while True:
        jobs = _of("Job", tenant, using).order_by("pk")
        rows = list((jobs.filter(pk__gt=last) if last else jobs).values_list("pk", "state", "worker")[:STEP])
        if not rows:
            return gone
        with transaction.atomic(using=using):
            gone += len(discard([str(row[0]) for row in rows], states=list(State), using=using))
        for pk, state, worker in rows:
            if state == State.ACTIVE:
                tell(str(worker), f"cancel:{pk}")
        last = rows[-1][0]


def _drop(model: str, tenant: str, using: str) -> None:
    _of(model, tenant, using).delete()


def _of(model: str, tenant: str, using: str) -> Any:
    return apps.get_model("jobs", model).objects.using(using).filter(tenant=tenant)


def _audit(action: str, tenant: str, after: Mapping[str, int], *, by: Operator, reason: str, using: str) -> None:
    change = Change(action=action, entity_type="TENANT", entity_id=tenant, before={}, after=after)
    audit_changes([change], by=by, reason=reason, using=using)
