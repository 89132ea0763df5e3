"""How operators see reports."""

from reports.admin import reports

__all__ = ["reports"]
