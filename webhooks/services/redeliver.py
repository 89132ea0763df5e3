"""Sends again what has been sent or given up."""

from django.db import transaction
from django.utils import timezone

from jobs import JobHandle, new_id, write_audit
from webhooks.errors import DeliveryPending, EndpointDisabled
from webhooks.models import DeliveryStatus, WebhookDelivery
from webhooks.payloads import DeliverWebhook
from webhooks.services.endpoints import ENTITY
from webhooks.services.enqueue import enqueue_webhook
from webhooks.services.lookup import find_delivery, find_endpoint

_GIVEN_UP = (DeliveryStatus.FAILED, DeliveryStatus.EXHAUSTED)


def redeliver(*, tenant_id: str, delivery_id: str, user_id: str = "system") -> JobHandle:
    """Send one delivery again, whatever became of it, with a fresh round of attempts, and return its job.

    The message keeps its id, by which a receiver knows it again. Raises DeliveryNotFound, TenantMismatch,
    EndpointDisabled, and DeliveryPending while it is being sent.
    """
    with transaction.atomic():
        delivery = find_delivery(tenant_id=tenant_id, delivery_id=delivery_id)
        if not delivery.endpoint.receives:
            raise EndpointDisabled(delivery.endpoint_id)
        job = _send_again(delivery)
        if job is None:
            raise DeliveryPending(delivery_id)
        _audit(delivery.tenant_id, delivery.endpoint_id, user_id, {"redelivered": 1, "deliveryId": delivery_id})
    return job


def redeliver_failed(*, tenant_id: str, endpoint_id: str, user_id: str = "system") -> int:
    """Send everything again that an endpoint has not got, one job each, and return how many there are.

    Raises EndpointNotFound, TenantMismatch and EndpointDisabled.
    """
    with transaction.atomic():
        endpoint = find_endpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)
        if not endpoint.receives:
            raise EndpointDisabled(endpoint_id)
        given_up = WebhookDelivery.objects.filter(endpoint=endpoint, status__in=_GIVEN_UP)
        again = sum(_send_again(delivery) is not None for delivery in given_up.select_related("message"))
        if again:
            _audit(tenant_id, endpoint_id, user_id, {"redelivered": again})
    return again


def _send_again(delivery: WebhookDelivery) -> JobHandle | None:
    """Make a delivery pending and enqueue its job; None if it is pending already."""
    moved = (
        WebhookDelivery.objects.filter(pk=delivery.pk)
        .exclude(status=DeliveryStatus.PENDING)
        .update(status=DeliveryStatus.PENDING, delivered_at=None, next_attempt_at=None, updated_at=timezone.now())
    )
    if not moved:
        return None
    payload = DeliverWebhook(
        tenant_id=delivery.tenant_id,
        message_id=delivery.message_id,
        event_type=delivery.message.event_type,
        delivery_id=delivery.pk,
    )
    return enqueue_webhook(payload, job_id=f"{payload.default_job_id()}-{new_id()}")


def _audit(tenant_id: str, endpoint_id: str, user_id: str, metadata: dict[str, object]) -> None:
    write_audit(
        tenant_id=tenant_id,
        action="UPDATE",
        entity_type=ENTITY,
        entity_id=endpoint_id,
        user_id=user_id,
        metadata=metadata,
    )
