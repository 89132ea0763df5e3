"""Series in the admin, with their latest values to look at."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RelatedDropdownFilter

from ingestion.models import IndexSeries, IndexValue
from ingestion.numbers import dec
from ingestion.series_plot import draw_series
from ingestion.services.recent_points import recent_points
from jobs import ReadOnlyInline

PLOTTED = 750
"""Values in a plot, of all versions: three years of days, more than its width can tell apart."""


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

    class Media:
        css = {"all": ("ingestion/pictures.css",)}

    def get_readonly_fields(self, request: HttpRequest, obj: IndexSeries | None = None) -> tuple[str, ...]:
        """Fix what graphs and files call the series by, once it exists."""
        return ("plot",) if obj is None else ("tenant", "series_code", "plot")

    def get_fields(self, request: HttpRequest, obj: IndexSeries | None = None) -> list[str]:
        """Put the plot on top; a series that is being added has none."""
        fields = [field for field in super().get_fields(request, obj) if field != "plot"]
        return fields if obj is None else ["plot", *fields]

    @admin.display(description="latest values")
    def plot(self, series: IndexSeries) -> SafeString:
        """Draw the last values; one query."""
        points = recent_points(series=series, most=PLOTTED)
        drawn = draw_series(points, title=f"Values of {series.series_code}", unit=series.unit or "")
        return format_html('<div class="picture">{}</div>', drawn) if drawn else SafeString("-")
