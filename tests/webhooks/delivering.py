"""Short words for sending a message in a test."""

from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer

from webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from webhooks.services.deliver import MessageReport, deliver_message

OpenEndpoint = Callable[..., WebhookEndpoint]
Announce = Callable[..., WebhookMessage]


def deliver(message: WebhookMessage, attempt: int = 1, **options: Any) -> MessageReport:
    return deliver_message(
        tenant_id=message.tenant_id, message_id=message.pk, attempt=attempt, max_attempts=3, **options
    )


def calls(server: HTTPServer) -> list[str]:
    return [request.path for request, _ in server.log]


def only_delivery(message: WebhookMessage) -> WebhookDelivery:
    return message.deliveries.get()
