"""Batches in the admin: how far they are, what failed, and the actions that operators have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.widgets import INPUT_CLASSES

from calculations.admin.batch_pages import BatchPages, is_alive, render_progress
from calculations.admin.batch_steps import STEPS, Step, steps_of
from calculations.errors import CalculationRefused
from calculations.models import ApprovalEvent, BatchStatus, CalcBatch, CalcResult
from calculations.models.approval import BATCH_ENTITY
from ingestion.numbers import dec
from jobs import ReadOnlyAdmin, ReadOnlyInline

SHOWN = 100
"""Errors and warnings on a page; a large batch may have many thousands."""


class ResultInline(ReadOnlyInline):
    """A batch's prices, some at a time, in the order in which they were calculated."""

    model = CalcResult
    fields = ("item", "price", "adjusted_currency", "unit", "is_approved", "is_overridden")
    readonly_fields = ("price",)
    ordering = ("created_at", "item_id")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalcResult]:
        """Bring the items along, and leave the calculations in the database."""
        results: QuerySet[CalcResult] = super().get_queryset(request)
        return results.select_related("item").defer("contributions")

    @admin.display(description="price")
    def price(self, result: CalcResult) -> str:
        """Return the number without the zeros that fill its column."""
        return dec(result.adjusted_price)


LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}?batch__id__exact={}">{} results</a>'


@admin.register(CalcBatch)
class CalcBatchAdmin(BatchPages, ReadOnlyAdmin):
    """Calculations, the latest first."""

    ordering = ("-created_at", "-pk")
    list_display = (
        "id",
        "pam",
        "as_of_date",
        "status",
        "items_total",
        "items_succeeded",
        "items_failed",
        "run",
        "tenant",
        "created_at",
    )
    list_filter = ("status", "as_of_date")
    list_select_related = ("pam", "tenant")
    search_fields = ("id__exact", "inputs_hash__exact", "correlation_id__exact", "pam__name")
    exclude = ("item_errors", "warnings")
    readonly_fields = ("progress", "changes", "results_link", "errors_by_code", "first_errors", "first_warnings")
    first = ("pam", "as_of_date", "status", *readonly_fields)
    actions_list = ("calculate_link",)
    inlines = (ResultInline,)
    change_form_outer_before_template = "calculations/batch_steps.html"

    class Media:
        css = {"all": ("ingestion/pictures.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalcBatch]:
        """Leave the findings of a list in the database."""
        batches: QuerySet[CalcBatch] = super().get_queryset(request)
        return batches.select_related("pam", "contract", "tenant").defer("item_errors", "warnings")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may stop and repeat batches."""
        return request.user.has_perm("calculations.change_calcbatch")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a batch with what may be done with it now, and what was decided."""
        batch = self.get_object(request, unquote(object_id))
        if batch is not None and self.has_view_permission(request, batch):
            extra_context = {
                **(extra_context or {}),
                "steps": steps_of(batch) if self.has_operate_permission(request) else [],
                "may_report": batch.status == BatchStatus.COMPLETED and request.user.has_perm("reports.add_report"),
                "approvals": ApprovalEvent.objects.filter(entity_type=BATCH_ENTITY, entity_id=batch.pk).order_by(
                    "-created_at", "-pk"
                ),
                "input_classes": " ".join(INPUT_CLASSES),
            }
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    @action(description="Calculate", permissions=["calculate"])  # type: ignore[untyped-decorator]
    def calculate_link(self, request: HttpRequest) -> HttpResponseRedirect:
        """Lead to the page that starts a batch."""
        return HttpResponseRedirect(reverse("admin:calculations_calcbatch_calculate"))

    def has_calculate_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this person may start batches."""
        return request.user.has_perm("calculations.add_calcbatch")

    @admin.display(description="progress")
    def progress(self, batch: CalcBatch) -> str:
        """Draw how many items succeeded, failed and are left; again every two seconds until it has ended."""
        return render_progress(batch)

    @admin.display(description="changes of price")
    def changes(self, batch: CalcBatch) -> SafeString:
        """Leave room for the picture, which comes after the page."""
        if is_alive(batch):
            return SafeString("-")
        url = reverse("admin:calculations_calcbatch_spread", args=[batch.pk])
        return format_html('<div class="picture" hx-get="{}" hx-trigger="load">Comparing …</div>', url)

    @admin.display(description="errors by code")
    def errors_by_code(self, batch: CalcBatch) -> SafeString:
        """Count the items that failed for the same reason, the most frequent first."""
        counts = Counter(error["code"] for error in batch.item_errors)
        return _list("{}: {}", [(code, str(count)) for code, count in counts.most_common()])

    @admin.display(description="results")
    def results_link(self, batch: CalcBatch) -> SafeString:
        """Link to the batch's prices."""
        url = reverse("admin:calculations_calcresult_changelist")
        return format_html(LINK, url, batch.pk, batch.items_succeeded)

    @admin.display(description="errors")
    def first_errors(self, batch: CalcBatch) -> SafeString:
        """List the first items that failed."""
        return _list("{}: {} ({})", [(e["sku"], e["message"], e["code"]) for e in batch.item_errors[:SHOWN]])

    @admin.display(description="warnings")
    def first_warnings(self, batch: CalcBatch) -> SafeString:
        """List the first items that were priced with index values of earlier days."""
        found = batch.warnings[:SHOWN]
        return _list(
            "{}: {} of {} stands in for {}",
            [(w["itemId"], w["seriesCode"], w["actualDate"], w["requestedDate"]) for w in found],
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer each step for many batches; one that needs a reason is taken on the batch's own page."""
        actions: dict[str, Any] = super().get_actions(request)
        if self.has_operate_permission(request):
            offered = [step for step in STEPS.values() if not step.must_say]
            actions |= {step.name: (_for_each(step), step.name, step.label) for step in offered}
        return actions


def _for_each(step: Step) -> Callable[..., None]:
    """Return the action that takes a step for each chosen batch."""

    def take(_pages: CalcBatchAdmin, request: HttpRequest, queryset: QuerySet[CalcBatch]) -> None:
        for batch in queryset:
            try:
                step.take(batch, user_id=str(request.user.pk), words="")
            except CalculationRefused as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"Batch {batch.pk} {step.done}.")

    return take


def _list(line: str, rows: list[tuple[str, ...]]) -> SafeString:
    """Return lines as HTML, each in a row of its own."""
    return format_html_join("", f"<div>{line}</div>", rows) or SafeString("-")
