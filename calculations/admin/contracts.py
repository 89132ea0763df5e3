"""Contracts in the admin, with their items to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from calculations.models import Contract, Item
from jobs import ReadOnlyInline


class ItemInline(ReadOnlyInline):
    """A contract's items; their own pages change them."""

    model = Item
    fields = ("sku", "name", "base_price", "base_currency", "uom", "pam")
    ordering = ("sku",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        """Bring the mechanisms along."""
        items: QuerySet[Item] = super().get_queryset(request)
        return items.select_related("pam")


@admin.register(Contract)
class ContractAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Agreements and their dates."""

    list_display = ("name", "counterparty", "status", "start_date", "end_date", "tenant")
    list_filter = ("status",)
    list_select_related = ("tenant",)
    search_fields = ("id", "name", "counterparty")
    ordering = ("name", "pk")
    inlines = (ItemInline,)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Contract | None = None) -> tuple[str, ...]:
        """Fix the tenant once the contract exists."""
        return () if obj is None else ("tenant", "created_by")

    def save_model(self, request: HttpRequest, obj: Contract, form: Any, change: bool) -> None:  # noqa: FBT001
        """Note who made the contract."""
        if not change:
            obj.created_by = str(request.user.pk)
        super().save_model(request, obj, form, change)
