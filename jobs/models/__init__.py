"""The engine's rows."""

from jobs.models.audit import AuditLog
from jobs.models.tenant import Membership, Role, Tenant

__all__ = ["AuditLog", "Membership", "Role", "Tenant"]
