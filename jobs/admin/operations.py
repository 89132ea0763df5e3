"""Bulk operations in the admin: how far they are, what became of each job, and a stop."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from jobs.admin.pretty import pretty_json
from jobs.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from jobs.errors import OperationOver
from jobs.models import Operation, OperationRow
from jobs.operator import Operator
from jobs.services.operations import stop


class RowInline(ReadOnlyInline):
    """The jobs of an operation, in the order of its steps."""

    model = OperationRow
    ordering = ("pk",)
    fields = readonly_fields = ("job_key", "outcome", "why")

    @admin.display(description="job")
    def job_key(self, row: OperationRow) -> str:
        """Return the job's id; the job may be gone."""
        return str(row.job_id)


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    """Operations, the latest first; started from the pages of jobs and queues."""

    list_display = ("created_at", "action", "standing", "progress", "skipped", "user_id", "reason")
    list_filter = ("action", "state")
    ordering = ("-pk",)
    actions = ("stop_operations",)
    inlines = (RowInline,)
    readonly_fields = ("progress", "pretty_filter", "pretty_arguments", "pretty_counts")
    fields = (
        *("action", "state", "progress", "skipped", "pretty_filter", "pretty_arguments", "pretty_counts"),
        *("reason", "user_id", "per_second", "created_at", "finished_at"),
    )

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may act on jobs."""
        return request.user.has_perm("jobs.change_job")

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
