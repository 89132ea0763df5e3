"""Reports and the audit log in the admin."""

from reports.admin import audit_log, reports

__all__ = ["audit_log", "reports"]
