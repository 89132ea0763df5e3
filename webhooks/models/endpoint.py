"""Where a tenant wants to hear about events."""

from datetime import datetime

from django.db import models

from webhooks.encryption import decrypt
from webhooks.ids import new_endpoint_id


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Finds endpoints."""

    def kept(self) -> "WebhookEndpointQuerySet":
        """Leave out what was deleted."""
        return self.filter(deleted_at=None)


class WebhookEndpoint(models.Model):
    """A URL, the events it wants, and the secrets that sign for it.

    Deleting keeps the row and erases the secrets: an event that is written while its endpoint is deleted must not
    fail at commit on a foreign key, and past deliveries go on naming where they went.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_endpoint_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=2_000)
    event_types = models.JSONField()
    enabled = models.BooleanField(default=True)
    description = models.CharField(max_length=500, blank=True, default="")
    disabled_reason = models.CharField(max_length=200, blank=True, default="")
    encrypted_secret = models.TextField(editable=False)
    encrypted_previous_secret = models.TextField(blank=True, default="", editable=False)
    previous_secret_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["tenant", "created_at"], name="webhooks_endpoint_tenant")]

    def __str__(self) -> str:
        return f"{self.id} ({self.url})"

    @property
    def receives(self) -> bool:
        """Whether messages may be sent to it."""
        return self.enabled and self.deleted_at is None

    def signing_secrets(self, *, at: datetime) -> tuple[str, ...]:
        """Return the secrets that sign at `at`, the newest first; raises SecretUnreadable."""
        tokens = [self.encrypted_secret]
        if self.previous_secret_expires_at is not None and at < self.previous_secret_expires_at:
            tokens.append(self.encrypted_previous_secret)
        return tuple(decrypt(token) for token in tokens)
