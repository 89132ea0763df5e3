"""What the webhooks app stores."""

from webhooks.models.attempt import DeliveryAttempt
from webhooks.models.delivery import DeliveryStatus, WebhookDelivery
from webhooks.models.endpoint import WebhookEndpoint
from webhooks.models.message import WebhookMessage

__all__ = ["DeliveryAttempt", "DeliveryStatus", "WebhookDelivery", "WebhookEndpoint", "WebhookMessage"]
