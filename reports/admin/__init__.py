"""How operators see reports and the audit log."""

from reports.admin import audit_log, reports

__all__ = ["audit_log", "reports"]
