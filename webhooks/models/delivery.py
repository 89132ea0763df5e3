"""How far a message has come on its way to one endpoint."""

from django.db import models

from jobs import new_id
from webhooks.models.endpoint import WebhookEndpoint
from webhooks.models.message import WebhookMessage


class DeliveryStatus(models.TextChoices):
    """PENDING is still to be sent; EXHAUSTED ran out of attempts; FAILED got an answer that no repeat changes."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    EXHAUSTED = "EXHAUSTED"


class WebhookDelivery(models.Model):
    """One message for one endpoint. `attempts` counts calls over all rounds and fences the claim of the next."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="webhook_deliveries")
    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    last_status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="webhooks_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=DeliveryStatus.values), name="webhooks_delivery_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "status"], name="webhooks_delivery_endpoint"),
            models.Index(fields=["created_at"], name="webhooks_delivery_created"),
            models.Index(fields=["endpoint", "-created_at"], name="webhooks_delivery_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.endpoint_id}: {self.status}"
