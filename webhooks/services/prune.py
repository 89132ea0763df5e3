"""Deletes messages that have been kept long enough."""

from datetime import datetime, timedelta

from webhooks.conf import webhook_conf
from webhooks.models import DeliveryStatus, WebhookDelivery, WebhookMessage

STEP = 1_000


def prune_messages(*, at: datetime) -> int:
    """Delete the oldest messages older than `KEEP_DAYS` with their deliveries and log rows, and return how many rows.

    At most 1,000 messages a call; one that still has a pending delivery stays. Safe to run twice at once.
    """
    pending = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING).values("message")
    old = WebhookMessage.objects.filter(created_at__lt=at - timedelta(days=webhook_conf().keep_days))
    ids = list(old.exclude(pk__in=pending).order_by("created_at").values_list("pk", flat=True)[:STEP])
    return WebhookMessage.objects.filter(pk__in=ids).delete()[0] if ids else 0
