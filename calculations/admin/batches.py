"""Batches in the admin: how far they are, what failed, and the actions that operators have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from calculations.errors import CalculationRefused
from calculations.models import CalcBatch
from calculations.picture.progress import draw_progress
from calculations.services.cancel_batch import cancel_batch
from calculations.services.retry_batch import retry_batch
from jobs import ReadOnlyAdmin

SHOWN = 100
"""Errors and warnings on a page; a large batch may have many thousands."""


@admin.register(CalcBatch)
class CalcBatchAdmin(ReadOnlyAdmin):
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
    readonly_fields = ("progress", "results_link", "errors_by_code", "first_errors", "first_warnings")
    first = ("pam", "as_of_date", "status", *readonly_fields)
    actions = ("cancel", "retry")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalcBatch]:
        """Leave the findings of a list in the database."""
        batches: QuerySet[CalcBatch] = super().get_queryset(request)
        return batches.select_related("pam", "contract", "tenant").defer("item_errors", "warnings")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may stop and repeat batches."""
        return request.user.has_perm("calculations.change_calcbatch")

    @admin.display(description="progress")
    def progress(self, batch: CalcBatch) -> SafeString:
        """Draw how many items succeeded, failed and are left."""
        bar = draw_progress(total=batch.items_total, succeeded=batch.items_succeeded, failed=batch.items_failed)
        words = f"{batch.items_processed} of {batch.items_total} items: {batch.items_succeeded} succeeded, "
        return format_html("{}<div>{}{} failed</div>", bar, words, batch.items_failed)

    @admin.display(description="errors by code")
    def errors_by_code(self, batch: CalcBatch) -> SafeString:
        """Count the items that failed for the same reason, the most frequent first."""
        counts = Counter(error["code"] for error in batch.item_errors)
        return _list("{}: {}", [(code, str(count)) for code, count in counts.most_common()])

    @admin.display(description="results")
    def results_link(self, batch: CalcBatch) -> SafeString:
        """Link to the batch's prices."""
        url = reverse("admin:calculations_calcresult_changelist")
        return format_html('<a href="{}?batch__id__exact={}">{} results</a>', url, batch.pk, batch.items_succeeded)

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

    @admin.action(description="Cancel", permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[CalcBatch]) -> None:
        """Stop batches before their next page."""
        self._each(request, queryset, cancel_batch, "cancelled")

    @admin.action(description="Retry what failed", permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[CalcBatch]) -> None:
        """Queue batches again for the items that lack a result."""
        self._each(request, queryset, retry_batch, "queued again")

    def _each(
        self, request: HttpRequest, queryset: QuerySet[CalcBatch], service: Callable[..., Any], done: str
    ) -> None:
        for batch in queryset:
            try:
                service(tenant_id=batch.tenant_id, batch_id=batch.pk, user_id=str(request.user.pk))
            except CalculationRefused as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"Batch {batch.pk} is {done}.")


def _list(line: str, rows: list[tuple[str, ...]]) -> SafeString:
    """Return lines as HTML, each in a row of its own."""
    return format_html_join("", f"<div>{line}</div>", rows) or SafeString("-")
