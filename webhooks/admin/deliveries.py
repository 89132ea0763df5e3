"""Deliveries in the admin: what each endpoint answered, and sending again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from jobs import ReadOnlyAdmin, ReadOnlyInline
from webhooks.errors import WebhookError
from webhooks.models import DeliveryAttempt, WebhookDelivery
from webhooks.services.redeliver import redeliver


class AttemptInline(ReadOnlyInline):
    """The calls of one delivery."""

    model = DeliveryAttempt
    fields = ("number", "started_at", "duration", "status_code", "error", "answer")
    ordering = ("number",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """How far each message has come with each endpoint."""

    list_display = ("message", "endpoint", "status", "attempts", "last_status_code", "last_error", "next_attempt_at")
    list_filter = ("status", "message__event_type")
    list_select_related = ("message", "endpoint")
    ordering = ("-created_at",)
    search_fields = ("id__exact", "message__id__exact", "endpoint__id__exact")
    inlines = (AttemptInline,)
    actions = ("send_again",)

    def has_redeliver_permission(self, request: HttpRequest) -> bool:
        """Say who may send again: whoever may change endpoints."""
        return request.user.has_perm("webhooks.change_webhookendpoint")

    @admin.action(description="Send again", permissions=["redeliver"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """Redeliver, one job each."""
        for delivery in queryset:
            try:
                redeliver(tenant_id=delivery.tenant_id, delivery_id=delivery.pk, user_id=str(request.user.pk))
            except WebhookError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"{delivery}: sent again")
