"""How long messages are kept."""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from jobs.caretaker.retention import Retention
from webhooks.models import DeliveryAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage
from webhooks.services.deliver import deliver_message
from webhooks.services.prune import prune_messages

OpenEndpoint = Callable[..., WebhookEndpoint]
Announce = Callable[..., WebhookMessage]


def aged(message: WebhookMessage, *, days: float) -> None:
    WebhookMessage.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(days=days))


def test_the_caretaker_deletes_old_messages_with_their_log(hook: OpenEndpoint, announce: Announce) -> None:
    hook()
    old, recent = announce("old"), announce("recent")
    deliver_message(tenant_id=old.tenant_id, message_id=old.pk, attempt=1, max_attempts=3)
    aged(old, days=91)
    aged(recent, days=89)

    Retention()(connection)

    assert list(WebhookMessage.objects.all()) == [recent]
    assert (WebhookDelivery.objects.count(), DeliveryAttempt.objects.count()) == (1, 0)


def test_a_message_that_is_still_to_be_sent_stays(hook: OpenEndpoint, announce: Announce) -> None:
    hook()
    aged(announce(), days=400)

    assert prune_messages(at=timezone.now()) == 0


def test_the_setting_says_how_long(local_calls: Callable[..., None], announce: Announce) -> None:
    local_calls(KEEP_DAYS=7)
    aged(announce(), days=8)

    assert prune_messages(at=timezone.now()) == 1
