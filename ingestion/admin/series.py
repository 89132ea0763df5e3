"""Series in the admin, with their latest values to look at."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RelatedDropdownFilter

from ingestion.admin.readonly import ReadOnlyInline
from ingestion.models import IndexSeries, IndexValue
from ingestion.numbers import dec


class LatestValuesInline(ReadOnlyInline):
    """The values of a series, the latest day first."""

    model = IndexValue
    fields = ("as_of_date", "version_tag", "number", "ingested_at")
    readonly_fields = ("number",)
    ordering = ("-as_of_date", "version_tag")

    @admin.display(description="value")
    def number(self, value: IndexValue) -> str:
        """Return the number without the zeros that fill its column."""
        return dec(value.value)


@admin.register(IndexSeries)
class IndexSeriesAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """What the series are; their values come from loads."""

    list_display = ("series_code", "name", "data_type", "frequency", "unit", "provider", "tenant")
    list_filter = (("tenant", RelatedDropdownFilter), "data_type", "frequency")
    list_select_related = ("tenant",)
    search_fields = ("series_code", "name", "provider")
    ordering = ("series_code", "pk")
    inlines = (LatestValuesInline,)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: IndexSeries | None = None) -> tuple[str, ...]:
        """Fix what graphs and files call the series by, once it exists."""
        return () if obj is None else ("tenant", "series_code")
