"""Feeds in the admin: where files come from, and what came."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from ingestion.models import Feed, FeedFile
from ingestion.payloads import FetchFeed
from jobs import ReadOnlyInline, enqueue


class FileInline(ReadOnlyInline):
    """The files that were taken in, the latest first."""

    model = FeedFile
    ordering = ("-taken_at",)
    fields = readonly_fields = ("name", "run", "taken_at")


@admin.register(Feed)
class FeedAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Feeds; a schedule of the actor fetch-feed fetches one again and again."""

    list_display = ("name", "location", "tenant", "fetched_at", "problem")
    list_select_related = ("tenant",)
    search_fields = ("id", "name", "location")
    readonly_fields = ("id", "fetched_at", "problem")
    fields = ("id", "tenant", "name", "location", "create_missing_series", "fetched_at", "problem")
    inlines = (FileInline,)
    actions = ("fetch_now",)

    @admin.action(description="Fetch now", permissions=["change"])
    def fetch_now(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        """Look for new files at once."""
        for feed in queryset:
            enqueue(FetchFeed(tenant_id=feed.tenant_id, feed_id=feed.pk))
            messages.success(request, f"{feed}: a fetch is enqueued.")
