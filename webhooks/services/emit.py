"""Turns an announced change into a message and its deliveries."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from webhooks.events import build_body
from webhooks.ids import new_event_id
from webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from webhooks.services.enqueue import enqueue_webhook


def emit(*, event_type: str, tenant_id: str, key: str, facts: Mapping[str, object]) -> WebhookMessage:
    """Store the message of an event, a pending delivery for each endpoint that wants it, and their one job.

    All of it in the caller's transaction, inside a savepoint. `key` names the change for good: announced again, it
    returns the message there is and does nothing. Raises MissingFact.
    """
    now = timezone.now()
    event_id = new_event_id(now)
    body = build_body(event_type=event_type, event_id=event_id, timestamp=now, tenant_id=tenant_id, facts=facts)
    with transaction.atomic():
        message, created = WebhookMessage.objects.get_or_create(
            tenant_id=tenant_id,
            idempotency_key=key,
            defaults={"event_type": event_type, "event_id": event_id, "body": body},
        )
        if created:
            enabled = WebhookEndpoint.objects.kept().filter(tenant_id=tenant_id, enabled=True)
            # JSON containment is no filter on SQLite, and a tenant has few endpoints.
            dispatch(message, [endpoint for endpoint in enabled if event_type in endpoint.event_types])
    return message


def dispatch(message: WebhookMessage, endpoints: list[WebhookEndpoint]) -> None:
    """Store a pending delivery of a new message for each endpoint, and enqueue the job that sends them, if any."""
    if not endpoints:
        return
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(tenant_id=message.tenant_id, message=message, endpoint=endpoint) for endpoint in endpoints
    )
    enqueue_webhook(tenant_id=message.tenant_id, message_id=message.pk, event_type=message.event_type)
