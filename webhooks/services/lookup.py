"""Finds a tenant's webhook rows; another tenant's row raises TenantMismatch, which a door shows as not found."""

from webhooks.errors import DeliveryNotFound, EndpointNotFound, MessageNotFound, TenantMismatch
from webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage


def find_endpoint(*, tenant_id: str, endpoint_id: str) -> WebhookEndpoint:
    """Return the endpoint; raises EndpointNotFound, also when it was deleted, and TenantMismatch."""
    endpoint = WebhookEndpoint.objects.kept().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound(endpoint_id)
    _check_tenant(endpoint.tenant_id, tenant_id, entity_id=endpoint_id)
    return endpoint


def list_endpoints(*, tenant_id: str) -> list[WebhookEndpoint]:
    """Return the tenant's endpoints that were not deleted, oldest first."""
    return list(WebhookEndpoint.objects.kept().filter(tenant_id=tenant_id).order_by("created_at", "pk"))


def find_message(*, tenant_id: str, message_id: str) -> WebhookMessage:
    """Return the message; raises MessageNotFound and TenantMismatch."""
    message = WebhookMessage.objects.filter(pk=message_id).first()
    if message is None:
        raise MessageNotFound(message_id)
    _check_tenant(message.tenant_id, tenant_id, entity_id=message_id)
    return message


def find_delivery(*, tenant_id: str, delivery_id: str) -> WebhookDelivery:
    """Return the delivery with its message and endpoint; raises DeliveryNotFound and TenantMismatch."""
    delivery = WebhookDelivery.objects.select_related("message", "endpoint").filter(pk=delivery_id).first()
    if delivery is None:
        raise DeliveryNotFound(delivery_id)
    _check_tenant(delivery.tenant_id, tenant_id, entity_id=delivery_id)
    return delivery


def _check_tenant(owner_id: str, tenant_id: str, *, entity_id: str) -> None:
    if owner_id != tenant_id:
        raise TenantMismatch(entity_id, tenant_id=tenant_id)
