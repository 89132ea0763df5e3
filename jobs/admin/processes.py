"""Worker processes in the admin: who is alive and what it takes."""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from unfold.decorators import display

from jobs.admin.readonly import ReadOnlyAdmin
from jobs.models import Process
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
