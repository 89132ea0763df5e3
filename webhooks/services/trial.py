"""Tries an endpoint out."""

from django.db import transaction
from django.utils import timezone

from jobs import new_id, write_audit
from webhooks.errors import EndpointDisabled
from webhooks.events import TEST_EVENT, build_body
from webhooks.ids import new_event_id
from webhooks.models import WebhookMessage
from webhooks.services.emit import dispatch
from webhooks.services.endpoints import ENTITY
from webhooks.services.lookup import find_endpoint


def send_test_event(*, tenant_id: str, endpoint_id: str, user_id: str = "system") -> WebhookMessage:
    """Send a `webhook.test` event to one endpoint, whatever it subscribes to, and return the message.

    It goes the usual way: signed, tried again, logged. Raises EndpointNotFound, TenantMismatch and EndpointDisabled.
    """
    with transaction.atomic():
        endpoint = find_endpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)
        if not endpoint.receives:
            raise EndpointDisabled(endpoint_id)
        now = timezone.now()
        event_id = new_event_id(now)
        message = WebhookMessage.objects.create(
            tenant_id=tenant_id,
            event_type=TEST_EVENT,
            event_id=event_id,
            idempotency_key=f"{TEST_EVENT}:{new_id()}",
            body=build_body(
                event_type=TEST_EVENT,
                event_id=event_id,
                timestamp=now,
                tenant_id=tenant_id,
                facts={"endpointId": endpoint_id},
            ),
        )
        dispatch(message, [endpoint])
        write_audit(
            tenant_id=tenant_id,
            action="UPDATE",
            entity_type=ENTITY,
            entity_id=endpoint_id,
            user_id=user_id,
            metadata={"testEvent": message.pk},
        )
    return message
