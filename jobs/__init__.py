"""The job engine's front door: everything an app may use of it.

Names resolve on first use (PEP 562): Django imports this package before its models can be imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobs.ids import new_id
    from jobs.models.tenant import Membership, Tenant
    from jobs.services.audit import write_audit

_HOME = {
    "Membership": "jobs.models.tenant",
    "Tenant": "jobs.models.tenant",
    "new_id": "jobs.ids",
    "write_audit": "jobs.services.audit",
}

__all__ = ["Membership", "Tenant", "new_id", "write_audit"]


def __getattr__(name: str) -> Any:
    """Import the module that defines `name`, and return it."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(_HOME[name]), name)
