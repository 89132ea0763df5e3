"""Prices in the admin."""

from __future__ import annotations

from django.contrib import admin

from calculations.admin.readonly import ReadOnlyAdmin
from calculations.models import CalcResult


@admin.register(CalcResult)
class CalcResultAdmin(ReadOnlyAdmin):
    """What batches calculated, how, and what people made of it."""

    list_display = (
        "item",
        "batch_id",
        "adjusted_price",
        "adjusted_currency",
        "unit",
        "effective_date",
        "is_approved",
        "is_overridden",
    )
    list_filter = ("is_approved", "is_overridden")
    list_select_related = ("item",)
    search_fields = ("id__exact", "batch__id__exact", "item__sku__exact")
