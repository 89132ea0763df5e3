"""Erases what this app has of a tenant."""

from __future__ import annotations

from jobs import erase_rows
from webhooks.models import DeliveryAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage


def erase(*, tenant: str, **_: object) -> int:
    """Delete a bounded number of a tenant's rows, and return how many. Hears the engine's `erasing`."""
    return erase_rows(
        DeliveryAttempt.objects.filter(delivery__tenant=tenant),
        WebhookDelivery.objects.filter(tenant=tenant),
        WebhookMessage.objects.filter(tenant=tenant),
        WebhookEndpoint.objects.filter(tenant=tenant),
    )
