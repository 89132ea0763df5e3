"""Worker processes in the admin: who is alive and what it takes."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from unfold.decorators import display

from jobs.admin.readonly import ReadOnlyAdmin
from jobs.models import Process

STANDINGS = {"alive": "success", "paused": "warning", "lost": "danger", "fenced": "danger"}


@admin.register(Process)
class ProcessAdmin(ReadOnlyAdmin):
    """Worker processes, the latest first."""

    list_display = ("__str__", "standing", "queue_list", "threads", "started_at", "lease_until")
    ordering = ("-started_at",)
    fields = ("id", "supervisor", "host", "pid", "queues", "threads", "started_at", "lease_until", "fenced_at")

    @display(description="standing", label=STANDINGS)  # type: ignore[untyped-decorator]  # unfold is untyped
    def standing(self, process: Process) -> str:
        """Return whether it may claim jobs, and if not, why."""
        if process.fenced_at:
            return "fenced"
        if process.lease_until < timezone.now():
            return "lost"
        return "paused" if process.paused_at else "alive"

    @admin.display(description="queues")
    def queue_list(self, process: Process) -> str:
        """Return the queues it takes jobs of."""
        return ", ".join(process.queues)
