"""Messages in the admin: the exact text that was sent, and how far it has come."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from jobs import ReadOnlyAdmin, ReadOnlyInline
from webhooks.models import WebhookDelivery, WebhookMessage


class DeliveryInline(ReadOnlyInline):
    """The deliveries of one message."""

    model = WebhookDelivery
    fields = ("endpoint", "status", "attempts", "last_status_code", "last_error", "next_attempt_at", "delivered_at")
    show_change_link = True
    ordering = ("created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        """Bring the endpoints along."""
        deliveries: QuerySet[WebhookDelivery] = super().get_queryset(request)
        return deliveries.select_related("endpoint", "message")


@admin.register(WebhookMessage)
class WebhookMessageAdmin(ReadOnlyAdmin):
    """What was announced to the outside."""

    list_display = ("id", "event_type", "tenant", "idempotency_key", "created_at")
    list_filter = ("event_type",)
    list_select_related = ("tenant",)
    ordering = ("-created_at",)
    search_fields = ("id__exact", "event_id__exact", "idempotency_key__startswith")
    inlines = (DeliveryInline,)
