"""What the webhook tests share: a tenant, leave to call this machine, and receivers that misbehave."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from jobs import Tenant
from jobs.signals import announced
from tests.webhooks.wire import Talk, Wire
from webhooks.events import EventType
from webhooks.models import WebhookEndpoint, WebhookMessage
from webhooks.services.endpoints import create_endpoint

LOCAL = {"ALLOW_HTTP": True, "ALLOWED_NETWORKS": ["127.0.0.0/8", "::1/128"], "ALLOWED_PORTS": None}
BATCH_FACTS = {
    "batchId": "b-1",
    "pamId": "p-1",
    "pamName": "Steel",
    "asOfDate": date(2024, 1, 15),
    "status": "COMPLETED",
    "itemCount": 3,
    "errorCount": None,
    "executionTimeMs": 12,
}


@pytest.fixture
def tenant(db: None) -> Tenant:
    """Hand out a tenant."""
    return Tenant.objects.create(name="Acme", slug="acme")


@pytest.fixture
def open_endpoint(tenant: Tenant, local_calls: Callable[..., None]) -> Callable[..., WebhookEndpoint]:
    """Hand out a maker of endpoints of the tenant, by default subscribed to finished batches."""

    def create(url: str, *event_types: str) -> WebhookEndpoint:
        return create_endpoint(tenant_id=tenant.pk, url=url, event_types=event_types or [EventType.BATCH_COMPLETED])

    return create


@pytest.fixture
def hook(httpserver: HTTPServer, open_endpoint: Callable[..., WebhookEndpoint]) -> Callable[..., WebhookEndpoint]:
    """Hand out a maker of endpoints whose receiver answers as asked."""

    def create(path: str = "/hook", **answer: Any) -> WebhookEndpoint:
        httpserver.expect_request(path).respond_with_data(**{"response_data": "", **answer})
        return open_endpoint(httpserver.url_for(path))

    return create


@pytest.fixture
def announce(tenant: Tenant) -> Callable[..., WebhookMessage]:
    """Hand out a function that announces a finished batch and returns the message made of it."""

    def send(key: str = "calc.batch.completed:b-1:1", **facts: object) -> WebhookMessage:
        announced.send(
            sender=None,
            type=EventType.BATCH_COMPLETED,
            tenant_id=tenant.pk,
            key=key,
            facts={**BATCH_FACTS, **facts},
        )
        return WebhookMessage.objects.get(idempotency_key=key)

    return send


@pytest.fixture
def local_calls(settings: Any) -> Callable[..., None]:
    """Allow calls to this machine; the function handed out changes further settings."""

    def set_further(**further: object) -> None:
        settings.WEBHOOKS = {**LOCAL, **further}

    set_further()
    return set_further


@pytest.fixture
def wire() -> Iterator[Callable[[Talk], Wire]]:
    """Hand out a maker of servers that speak raw bytes; stopped when the test ends."""
    with ExitStack() as stack:
        yield lambda talk: stack.enter_context(Wire(talk))
