"""The audit log in the admin."""

from __future__ import annotations

from django.contrib import admin

from jobs.admin.readonly import ReadOnlyAdmin
from jobs.models import AuditLog


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    """Who did what, the latest first; nobody writes here."""

    ordering = ("-created_at", "-pk")
    list_display = ("created_at", "action", "entity_type", "entity_id", "user_id", "tenant_id")
    list_filter = ("action", "entity_type")
    search_fields = ("entity_id__exact", "correlation_id__exact", "user_id__exact")
    search_help_text = "An entity's id, a correlation id or a user, whole"
