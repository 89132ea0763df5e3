"""Approvals in the admin."""

from __future__ import annotations

from django.contrib import admin

from calculations.models import ApprovalEvent
from jobs import ReadOnlyAdmin


@admin.register(ApprovalEvent)
class ApprovalEventAdmin(ReadOnlyAdmin):
    """Who asked for approval of what, and who decided how."""

    ordering = ("-created_at", "-pk")
    list_display = ("entity_id", "status", "requested_by", "approved_by", "rejected_by", "tenant", "created_at")
    list_filter = ("status",)
    list_select_related = ("tenant",)
    search_fields = ("id__exact", "entity_id__exact")
