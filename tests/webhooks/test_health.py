"""How an endpoint does, and its page with the delivery log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs import AuditLog
from webhooks.models import DeliveryAttempt, WebhookEndpoint, WebhookMessage
from webhooks.services.health import LOOKED_AT, endpoint_health
from webhooks.services.secrets import show_secret

OpenEndpoint = Callable[..., WebhookEndpoint]
Announce = Callable[..., WebhookMessage]
URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def analyst(admin_client: Client, settings: Any) -> Client:
    """Hand out a signed-in person, on pages served by plain http without collected files."""
    settings.SECURE_SSL_REDIRECT = False
    return admin_client


@pytest.fixture
def answered(open_endpoint: OpenEndpoint, announce: Announce) -> Callable[..., WebhookEndpoint]:
    """Hand out a maker of an endpoint that has answered so; None is no answer."""

    def make(*codes: int | None) -> WebhookEndpoint:
        endpoint = open_endpoint(URL)
        for number, code in enumerate(codes):
            DeliveryAttempt.objects.create(
                delivery=announce(f"key {number}").deliveries.get(),
                number=1,
                started_at=timezone.now() + timedelta(seconds=number),
                duration=timedelta(milliseconds=10 * (number + 1)),
                status_code=code,
                error="" if code else "no answer in time",
            )
        return endpoint

    return make


def press(analyst: Client, endpoint: WebhookEndpoint, step: str) -> str:
    url = reverse("admin:webhooks_webhookendpoint_step", args=[endpoint.pk])
    answer = analyst.post(url, {"step": step}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def show(analyst: Client, endpoint: WebhookEndpoint) -> str:
    return " ".join(
        analyst.get(reverse("admin:webhooks_webhookendpoint_change", args=[endpoint.pk])).content.decode().split()
    )


def test_health_tells_what_fails_since_when_and_how_fast_it_answers(answered: Callable[..., WebhookEndpoint]) -> None:
    health = endpoint_health(answered(200, 500, 204, 503, None))

    assert (health.successes, health.pending, health.given_up) == (2, 5, 0)
    assert [call.outcome for call in health.streak] == ["503", "no answer in time"]
    assert (health.median, health.slowest) == (30, 50)
    assert health.last_success is not None
    assert health.last_success.outcome == "204"


def test_health_looks_at_the_latest_calls_only(answered: Callable[..., WebhookEndpoint]) -> None:
    health = endpoint_health(answered(500, *[200] * LOOKED_AT))

    assert (len(health.calls), health.successes) == (LOOKED_AT, LOOKED_AT)


def test_the_page_of_an_endpoint_shows_its_health_and_its_delivery_log(
    analyst: Client, answered: Callable[..., WebhookEndpoint]
) -> None:
    failing = show(analyst, answered(200, 503))

    assert "Failing" in failing
    assert "1 of 2 calls were answered with 2xx; the longest took 20 ms." in failing
    assert "2 deliveries are still to be sent" in failing
    assert failing.count("calc.batch.completed") >= 2


def test_an_endpoint_without_calls_says_so(analyst: Client, open_endpoint: OpenEndpoint) -> None:
    assert "Nothing has been sent yet." in show(analyst, open_endpoint(URL))


def test_buttons_send_a_test_event_and_rotate_the_secret_with_an_audit(
    analyst: Client, open_endpoint: OpenEndpoint
) -> None:
    endpoint = open_endpoint(URL)
    secret = show_secret(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)

    sent = press(analyst, endpoint, "send_test")
    rotated = press(analyst, endpoint, "rotate")

    assert "is on its way" in sent
    assert "webhook.test" in sent
    assert "a new secret signs" in rotated
    assert show_secret(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk) != secret
    audited = AuditLog.objects.filter(entity_id=endpoint.pk, action="UPDATE").order_by("pk")
    assert [next(iter(row.metadata or {})) for row in audited] == ["testEvent", "rotated"]


def test_buttons_need_the_permission_to_change_endpoints(
    client: Client, settings: Any, open_endpoint: OpenEndpoint, django_user_model: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    endpoint = open_endpoint(URL)
    reader = django_user_model.objects.create_user("reader", password="secret-secret", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_webhookendpoint"))
    client.force_login(reader)

    answer = client.post(reverse("admin:webhooks_webhookendpoint_step", args=[endpoint.pk]), {"step": "rotate"})

    assert answer.status_code == 403
    assert 'value="rotate"' not in show(client, endpoint)
