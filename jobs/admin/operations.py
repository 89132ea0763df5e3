"""Bulk operations in the admin: how far they are, what became of each job, and a stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from jobs.admin.pretty import pretty_json
from jobs.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from jobs.errors import NotPermitted, OperationOver
from jobs.models import Operation, OperationRow
from jobs.operator import Operator
from jobs.services.mend import states_now
from jobs.services.operations import stop


class RowInline(ReadOnlyInline):
    """The jobs of an operation, in the order of its steps."""

    model = OperationRow
    ordering = ("pk",)
    fields = readonly_fields = ("job_key", "outcome", "why")

    @admin.display(description="job")
    def job_key(self, row: OperationRow) -> SafeString:
        """Return the job's id as a link; the job may be gone."""
        return format_html('<a href="{}">{}</a>', reverse("admin:jobs_job_change", args=[row.job_id]), row.job_id)


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    """Operations, the latest first; started from the pages of jobs and queues."""

    list_display = ("created_at", "action", "standing", "progress", "skipped", "user_id", "reason")
    list_filter = ("action", "state")
    ordering = ("-pk",)
    actions = ("stop_operations",)
    change_form_outer_before_template = "jobs/parts/operation.html"
    inlines = (RowInline,)
    readonly_fields = ("progress", "pretty_filter", "pretty_arguments", "pretty_counts")
    fields = (
        *("action", "state", "progress", "skipped", "pretty_filter", "pretty_arguments", "pretty_counts"),
        *("reason", "user_id", "per_second", "created_at", "finished_at"),
    )

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may act on jobs."""
        return request.user.has_perm("jobs.change_job")

    def get_urls(self) -> list[Any]:
        """Add the stop of one operation."""
        stop_one = path(
            "<uuid:operation>/stop/", self.admin_site.admin_view(stop_from_page), name="jobs_operation_stop"
        )
        return [stop_one, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show how far it is, and how its jobs stand now; the page follows it while it runs."""
        operation = self.get_object(request, object_id)
        if operation is not None:
            extra_context = {
                **(extra_context or {}),
                "operation": operation,
                "dealt": operation.done + operation.skipped,
                "states": states_now(operation),
                "can_stop": operation.state == "running" and self.has_operate_permission(request),
            }
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    @display(description="state", label={"running": "info", "finished": "success", "stopped": "warning"})  # type: ignore[untyped-decorator]  # unfold is untyped
    def standing(self, operation: Operation) -> str:
        """Return the state in its colour."""
        return operation.state

    @admin.display(description="progress")
    def progress(self, operation: Operation) -> str:
        """Return how many jobs have been dealt with."""
        return f"{operation.done + operation.skipped} of {operation.total}"

    @admin.display(description="filter")
    def pretty_filter(self, operation: Operation) -> SafeString | str:
        """Return which jobs were meant."""
        return pretty_json(operation.filter)

    @admin.display(description="arguments")
    def pretty_arguments(self, operation: Operation) -> SafeString | str:
        """Return what the action was told."""
        return pretty_json(operation.arguments)

    @admin.display(description="dry run")
    def pretty_counts(self, operation: Operation) -> SafeString | str:
        """Return what matched at the start."""
        return pretty_json(operation.counts)

    @admin.action(description="Stop", permissions=["operate"])
    def stop_operations(self, request: HttpRequest, queryset: QuerySet[Operation]) -> None:
        """Take no further steps; what has been done stays."""
        for operation in queryset:
            try:
                stop(operation.pk, by=Operator.of_request(request))
            except OperationOver as error:
                messages.warning(request, str(error))
            else:
                messages.success(request, f"Stopped: {operation}.")


def stop_from_page(request: HttpRequest, operation: UUID) -> HttpResponse:
    """Stop the operation whose page this came from; the service knows who may."""
    if request.method != "POST":
        raise PermissionDenied
    try:
        stop(operation, by=Operator.of_request(request), reason=request.POST.get("reason", "")[:500])
    except NotPermitted as error:
        raise PermissionDenied from error
    except OperationOver as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(reverse("admin:jobs_operation_change", args=[operation]))
