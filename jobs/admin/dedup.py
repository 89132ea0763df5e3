"""Deduplication keys in the admin: what each has saved, and its release."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from jobs.admin.readonly import ReadOnlyAdmin
from jobs.models import DedupKey
from jobs.operator import Operator
from jobs.services.dedup import release


@admin.register(DedupKey)
class DedupKeyAdmin(ReadOnlyAdmin):
    """Keys, the latest used first."""

    list_display = ("key", "queue", "tenant", "kept", "replaced", "held_until", "used_at")
    list_filter = ("queue",)
    search_fields = ("key",)
    ordering = ("-used_at",)
    list_select_related = False
    fields = ("queue", "tenant", "key", "job", "kept", "replaced", "held_until", "used_at")
    actions = ("release_keys",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may act on jobs."""
        return request.user.has_perm("jobs.change_job")

    @admin.action(description="Release", permissions=["operate"])
    def release_keys(self, request: HttpRequest, queryset: QuerySet[DedupKey]) -> None:
        """Let go of keys, so that the next enqueue under each makes a job."""
        by = Operator.of_request(request)
        released = sum(release(queue=row.queue, key=row.key, tenant=row.tenant, by=by) for row in queryset)
        messages.success(request, f"{released} keys released.")
