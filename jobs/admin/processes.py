"""Worker processes in the admin: who is alive and what it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from unfold.decorators import display

from jobs.admin.readonly import ReadOnlyAdmin
from jobs.errors import UnknownProcess
from jobs.models import Process
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import may
from jobs.services.processes import quiet, running_on, stop, wake
from jobs.services.registry import standing

STANDINGS = {"alive": "success", "paused": "warning", "silent": "warning", "lost": "danger", "fenced": "danger"}


@admin.register(Process)
class ProcessAdmin(ReadOnlyAdmin):
    """Worker processes, the latest first."""

    list_display = (
        "__str__",
        "standing",
        "queue_list",
        "threads",
        "busy",
        "memory",
        "version",
        "started_at",
        "beat_at",
    )
    ordering = ("-started_at",)
    fields = (
        *("id", "supervisor", "host", "pid", "version", "queues", "threads", "busy", "unrecorded", "memory"),
        *("started_at", "lease_until", "beat_at", "fenced_at"),
    )
    readonly_fields = ("memory",)
    actions = ("quiet_processes", "wake_processes", "stop_processes")
    change_form_outer_before_template = "jobs/parts/process_jobs.html"

    def has_control_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may quiet and stop workers; the service asks again."""
        return may(request.user, Deed.CONTROL_WORKERS)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what it runs now."""
        process = self.get_object(request, object_id)
        if process is not None:
            extra_context = {**(extra_context or {}), "process": process, "running": running_on(process.pk)}
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    @admin.action(description="Quiet: start nothing more", permissions=["control"])
    def quiet_processes(self, request: HttpRequest, queryset: QuerySet[Process]) -> None:
        """Let processes start nothing more; what they run goes on."""
        self._order(request, queryset, quiet, "is quiet")

    @admin.action(description="Wake", permissions=["control"])
    def wake_processes(self, request: HttpRequest, queryset: QuerySet[Process]) -> None:
        """Let quiet processes go on."""
        self._order(request, queryset, wake, "goes on")

    @admin.action(description="Stop: end its jobs and go", permissions=["control"])
    def stop_processes(self, request: HttpRequest, queryset: QuerySet[Process]) -> None:
        """Let processes end their jobs within their grace and go."""
        self._order(request, queryset, stop, "stops")

    def _order(self, request: HttpRequest, queryset: QuerySet[Process], order: Callable[..., None], done: str) -> None:
        for process in queryset:
            try:
                order(process.pk, by=Operator.of_request(request))
            except UnknownProcess:
                messages.warning(request, f"{process} has gone.")
            else:
                messages.success(request, f"{process} {done}.")

    @display(description="standing", label=STANDINGS)  # type: ignore[untyped-decorator]  # unfold is untyped
    def standing(self, process: Process) -> str:
        """Return whether it may claim jobs, and if not, why."""
        return standing(process, now=timezone.now())

    @admin.display(description="memory", ordering="memory_bytes")
    def memory(self, process: Process) -> str:
        """Return its resident memory."""
        return filesizeformat(process.memory_bytes) if process.memory_bytes else "-"

    @admin.display(description="queues")
    def queue_list(self, process: Process) -> str:
        """Return the queues it takes jobs of."""
        return ", ".join(process.queues)
