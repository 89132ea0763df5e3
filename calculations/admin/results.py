"""Prices in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from calculations.models import CalcResult
from calculations.picture.waterfall import draw_waterfall
from calculations.services.explain_result import explain_result
from jobs import ReadOnlyAdmin


@admin.register(CalcResult)
class CalcResultAdmin(ReadOnlyAdmin):
    """What batches calculated, how, and what people made of it."""

    ordering = ("-created_at", "-pk")
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
    readonly_fields = ("waterfall",)
    first = ("item", "adjusted_price", "adjusted_currency", "unit", "effective_date", "waterfall")

    class Media:
        css = {"all": ("ingestion/pictures.css",)}

    @admin.display(description="from base price to price")
    def waterfall(self, result: CalcResult) -> SafeString:
        """Draw what each node added; reads the batch's frozen inputs."""
        found = explain_result(result)
        title = f"How the price of {result.item} came about"
        drawn = draw_waterfall(found.segments, names=found.labels, base_price=found.base_price, title=title)
        return format_html('<div class="picture">{}</div>', drawn)
