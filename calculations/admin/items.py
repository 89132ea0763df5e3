"""Items in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from calculations.models import Item


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """An item belongs to its contract's tenant; nobody has to say so."""

    class Meta:
        model = Item
        fields = (
            "contract",
            "sku",
            "name",
            "description",
            "base_price",
            "base_currency",
            "uom",
            "pam",
            "fx_policy",
        )

    def clean(self) -> dict[str, Any]:
        """Take the contract's tenant, and refuse a SKU that the contract has."""
        values = super().clean() or {}
        contract = values.get("contract") or (self.instance.contract if self.instance.contract_id else None)
        if contract is None:
            return values
        self.instance.tenant_id = contract.tenant_id
        twins = Item.objects.filter(contract=contract, sku=values.get("sku")).exclude(pk=self.instance.pk)
        if twins.exists():
            self.add_error("sku", "The contract has an item of this SKU.")
        return values


@admin.register(Item)
class ItemAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """What contracts sell, at which base price."""

    form = ItemForm
    list_display = ("sku", "name", "contract", "base_price", "base_currency", "uom", "pam", "tenant")
    list_select_related = ("contract", "pam", "tenant")
    list_filter = ("base_currency",)
    search_fields = ("id", "sku", "name")
    autocomplete_fields = ("contract", "pam")
    ordering = ("sku", "pk")
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Item | None = None) -> tuple[str, ...]:
        """Fix the contract once the item exists."""
        return () if obj is None else ("contract",)
