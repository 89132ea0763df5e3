"""Tenants and who works for them, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from jobs.models import Membership, Tenant


@admin.register(Tenant)
class TenantAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Tenants by name."""

    list_display = ("name", "slug", "id", "created_at")
    search_fields = ("name", "slug", "id__exact")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: everything that belongs to a tenant would go with it, the audit log too."""
        return False


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Who has which role where."""

    list_display = ("user", "tenant", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "tenant")
    search_fields = ("user__username", "tenant__name")
    autocomplete_fields = ("user", "tenant")
    ordering = ("tenant__name", "user__username")
    show_full_result_count = False
