"""What is sent."""

from django.db import models

from webhooks.ids import new_message_id


class WebhookMessage(models.Model):
    """One event of a tenant, as the exact text that every endpoint receives.

    The idempotency key names the change behind it: announced again, it makes no second message.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_message_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="webhook_messages")
    event_type = models.CharField(max_length=64)
    event_id = models.CharField(max_length=64)
    body = models.TextField()
    idempotency_key = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "idempotency_key"], name="webhooks_message_once")]
        indexes = [models.Index(fields=["created_at"], name="webhooks_message_created")]

    def __str__(self) -> str:
        return f"{self.id} ({self.event_type})"
