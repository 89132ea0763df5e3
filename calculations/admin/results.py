"""Prices in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import INPUT_CLASSES

from calculations.admin.graph_picture import graph_picture
from calculations.errors import CalculationRefused
from calculations.graph.problem import Verdict
from calculations.models import CalcResult
from calculations.picture.waterfall import draw_waterfall
from calculations.picture.worth import worth
from calculations.services.explain_result import explain_result
from calculations.services.override import override
from ingestion.numbers import dec
from jobs import ReadOnlyAdmin


@admin.register(CalcResult)
class CalcResultAdmin(ReadOnlyAdmin):
    """What batches calculated, how, and what people made of it."""

    ordering = ("-created_at", "-pk")
    list_display = (
        "item",
        "batch_id",
        "price",
        "adjusted_currency",
        "unit",
        "effective_date",
        "is_approved",
        "is_overridden",
    )
    list_filter = ("is_approved", "is_overridden")
    list_select_related = ("item",)
    search_fields = ("id__exact", "batch__id__exact", "item__sku__exact")
    readonly_fields = ("price", "waterfall", "graph")
    exclude = ("adjusted_price",)
    first = ("item", "price", "adjusted_currency", "unit", "effective_date", "waterfall", "graph")
    change_form_outer_before_template = "calculations/override_form.html"

    class Media:
        css = {"all": ("ingestion/pictures.css",)}

    def get_urls(self) -> list[URLPattern]:
        """Add the override."""
        view = self.admin_site.admin_view(self.override)
        return [path("<path:result_id>/override/", view, name="calculations_calcresult_override"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a price, and offer another one once its batch is approved."""
        result = self.get_object(request, unquote(object_id))
        if result is not None and self.has_view_permission(request, result):
            may = result.is_approved and self.has_override_permission(request)
            extra_context = {
                **(extra_context or {}),
                "may_override": may,
                "input_classes": " ".join(INPUT_CLASSES),
            }
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    def has_override_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may set other prices than those calculated."""
        return request.user.has_perm("calculations.change_calcresult")

    def override(self, request: HttpRequest, result_id: str) -> HttpResponseBase:
        """Set another price through the service."""
        result = self.get_object(request, result_id)
        if result is None:
            raise Http404
        if request.method != "POST" or not self.has_override_permission(request):
            raise PermissionDenied
        try:
            override(
                tenant_id=result.tenant_id,
                batch_id=result.batch_id,
                item_id=result.item_id,
                override_price=request.POST.get("price", "").strip(),
                reason=request.POST.get("reason", ""),
                user_id=str(request.user.pk),
            )
        except CalculationRefused as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"The price of {result.item} is overridden.")
        return HttpResponseRedirect(reverse("admin:calculations_calcresult_change", args=[result_id]))

    def get_fields(self, request: HttpRequest, obj: CalcResult | None = None) -> list[str]:
        """Put the long record of the steps below everything else."""
        return sorted(super().get_fields(request, obj), key="contributions".__eq__)

    @admin.display(description="price")
    def price(self, result: CalcResult) -> str:
        """Return the number without the zeros that fill its column."""
        return dec(result.adjusted_price)

    @admin.display(description="from base price to price")
    def waterfall(self, result: CalcResult) -> SafeString:
        """Draw what each node added; reads the batch's frozen inputs."""
        found = explain_result(result)
        title = f"How the price of {result.item} came about"
        drawn = draw_waterfall(found.segments, names=found.labels, base_price=found.base_price, title=title)
        return format_html('<div class="picture">{}</div>', drawn)

    @admin.display(description="graph")
    def graph(self, result: CalcResult) -> SafeString:
        """Draw the graph as it was then, with what each node was worth; reads the batch's frozen inputs."""
        values = worth(result.contributions["steps"])
        title = f"What the nodes were worth for {result.item}"
        return graph_picture(explain_result(result).graph, verdict=Verdict(), values=values, title=title)
