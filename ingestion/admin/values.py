"""Index values in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter

from ingestion.models import IndexValue
from ingestion.numbers import dec
from jobs import ReadOnlyAdmin


@admin.register(IndexValue)
class IndexValueAdmin(ReadOnlyAdmin):
    """All values, those stored last first; a search is for one series' code."""

    list_display = ("series", "as_of_date", "version_tag", "number", "ingested_at", "tenant")
    list_filter = (("tenant", RelatedDropdownFilter), "version_tag")
    list_select_related = ("series", "tenant")
    search_fields = ("series__series_code__exact",)
    ordering = ("-pk",)
    fields = ("tenant", "series", "as_of_date", "version_tag", "number", "provider_timestamp", "ingested_at")
    readonly_fields = ("number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[IndexValue]:
        """Bring series and tenant along, on the page of one value too."""
        values: QuerySet[IndexValue] = super().get_queryset(request)
        return values.select_related("series", "tenant")

    @admin.display(description="value")
    def number(self, value: IndexValue) -> str:
        """Return the number without the zeros that fill its column."""
        return dec(value.value)
