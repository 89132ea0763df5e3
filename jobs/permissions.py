"""Who may do what: the one table that maps roles to deeds, for tenants and for operators of the whole installation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Deed(StrEnum):
    """What somebody wants to do; every service that does it asks first (`jobs.services.permissions`)."""

    VIEW = "view"
    VIEW_PAYLOAD = "view payloads"
    ENQUEUE = "enqueue"
    RETRY = "retry"
    CANCEL = "cancel"
    EDIT = "edit"
    PURGE = "purge"
    ERASE = "erase tenants"
    PAUSE = "pause and limit queues"
    CONTROL_WORKERS = "control workers"
    MANAGE_ALERTS = "manage alerts"
    SEE_SCHEDULES = "see schedules"
    SWITCH_SCHEDULES = "switch schedules"
    KEEP_SCHEDULES = "make and change schedules"
    READ_DATA = "read data"
    WRITE_DATA = "write data"
    UPLOAD_DATA = "upload data"
    READ_AUDIT = "read the audit log"


WHOLE: Final = frozenset({Deed.ERASE, Deed.PAUSE, Deed.CONTROL_WORKERS, Deed.MANAGE_ALERTS, Deed.KEEP_SCHEDULES})
"""Deeds that concern all tenants at once: no tenant's role suffices."""


class Scope(StrEnum):
    """What a token is for; it allows no more than its owner may do."""

    READ = "read"
    ENQUEUE = "enqueue"
    OPERATE = "operate"
    ADMIN = "admin"


_MEMBER: Final = frozenset({Deed.READ_DATA})
_ADMIN: Final = _MEMBER | {
    Deed.VIEW,
    Deed.VIEW_PAYLOAD,
    Deed.ENQUEUE,
    Deed.RETRY,
    Deed.CANCEL,
    Deed.EDIT,
    Deed.SEE_SCHEDULES,
    Deed.SWITCH_SCHEDULES,
    Deed.WRITE_DATA,
    Deed.READ_AUDIT,
}
TENANT_ROLES: Final[Mapping[str, frozenset[Deed]]] = {
    "MEMBER": _MEMBER,
    "ADMIN": _ADMIN,
    "OWNER": _ADMIN | {Deed.UPLOAD_DATA, Deed.PURGE},
}
"""What a membership allows in its tenant (domain specification, section 3)."""

_VIEWER: Final = frozenset({Deed.VIEW, Deed.SEE_SCHEDULES})
_OPERATOR: Final = _VIEWER | {
    Deed.VIEW_PAYLOAD,
    Deed.ENQUEUE,
    Deed.RETRY,
    Deed.CANCEL,
    Deed.PAUSE,
    Deed.SWITCH_SCHEDULES,
}
OPERATOR_GROUPS: Final[Mapping[str, frozenset[Deed]]] = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "admin": _OPERATOR
    | {
        Deed.EDIT,
        Deed.PURGE,
        Deed.CONTROL_WORKERS,
        Deed.MANAGE_ALERTS,
        Deed.KEEP_SCHEDULES,
        Deed.READ_AUDIT,
    },
}
"""What the user groups that `migrate` makes allow in all tenants."""

DJANGO: Final[Mapping[Deed, tuple[str, ...]]] = {
    Deed.VIEW: ("jobs.view_job",),
    Deed.VIEW_PAYLOAD: ("jobs.view_payload", "jobs.change_job"),
    Deed.ENQUEUE: ("jobs.add_job",),
    Deed.RETRY: ("jobs.retry_job", "jobs.change_job"),
    Deed.CANCEL: ("jobs.cancel_job", "jobs.change_job"),
    Deed.EDIT: ("jobs.edit_job", "jobs.change_job"),
    Deed.PURGE: ("jobs.delete_job",),
    Deed.ERASE: ("jobs.delete_tenant",),
    Deed.PAUSE: ("jobs.change_queueconfig",),
    Deed.CONTROL_WORKERS: ("jobs.change_process",),
    Deed.MANAGE_ALERTS: ("jobs.change_alertrule",),
    Deed.SEE_SCHEDULES: ("jobs.view_schedule",),
    Deed.SWITCH_SCHEDULES: ("jobs.switch_schedule", "jobs.change_schedule"),
    Deed.KEEP_SCHEDULES: ("jobs.change_schedule",),
    Deed.READ_AUDIT: ("jobs.view_auditlog",),
}
"""Django's permissions, of which one suffices; a group is given the first. Domain data belongs to tenants only."""

SCOPES: Final[Mapping[Scope, frozenset[Deed]]] = {
    Scope.READ: frozenset({Deed.VIEW, Deed.VIEW_PAYLOAD, Deed.SEE_SCHEDULES, Deed.READ_DATA, Deed.READ_AUDIT}),
    Scope.ENQUEUE: frozenset({Deed.ENQUEUE, Deed.WRITE_DATA, Deed.UPLOAD_DATA}),
    Scope.OPERATE: frozenset({Deed.RETRY, Deed.CANCEL, Deed.EDIT, Deed.PAUSE, Deed.SWITCH_SCHEDULES}),
    Scope.ADMIN: frozenset(Deed),
}
"""What each scope of a token leaves of its owner's deeds."""

OF_QUEUES: Final = frozenset(
    {Deed.VIEW, Deed.VIEW_PAYLOAD, Deed.ENQUEUE, Deed.RETRY, Deed.CANCEL, Deed.EDIT, Deed.PURGE, Deed.PAUSE}
    | {Deed.READ_DATA, Deed.WRITE_DATA, Deed.UPLOAD_DATA}
)
"""Deeds that concern one queue at a time: a token that is limited to queues has no other."""

PAGES: Final[Mapping[Deed, tuple[str, ...]]] = {
    Deed.VIEW: tuple(
        f"jobs.view_{model}"
        for model in ("queueconfig", "process", "operation", "alert", "alertrule", "flow", "dedupkey")
    ),
    Deed.MANAGE_ALERTS: ("jobs.add_alertrule", "jobs.delete_alertrule"),
    Deed.KEEP_SCHEDULES: ("jobs.add_schedule", "jobs.delete_schedule"),
}
"""Django's permissions for pages of the admin that come with a deed."""
