"""What operators see and do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobs import Tenant
from webhooks.models import DeliveryAttempt, DeliveryStatus, WebhookDelivery, WebhookEndpoint, WebhookMessage
from webhooks.services.secrets import show_secret

OpenEndpoint = Callable[..., WebhookEndpoint]
Announce = Callable[..., WebhookMessage]
URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def operator(admin_client: Client, settings: Any) -> Client:
    """Hand out a signed-in operator, on pages served by plain http without collected files."""
    settings.SECURE_SSL_REDIRECT = False
    return admin_client


def act(operator: Client, model: str, action: str, pk: str) -> str:
    page = operator.post(
        reverse(f"admin:webhooks_{model}_changelist"), {"action": action, "_selected_action": [pk]}, follow=True
    )
    assert page.status_code == 200
    return page.content.decode()


def submit(operator: Client, page: str, form: dict[str, Any], *args: str) -> None:
    """Send a form that must be accepted; a refused one is shown again, with what is wrong."""
    answer = operator.post(reverse(f"admin:webhooks_webhookendpoint_{page}", args=args), form)
    refused = answer.context and answer.context.get("errors")
    assert answer.status_code == 302, refused or answer.content.decode()
    assert answer.headers["location"] == reverse("admin:webhooks_webhookendpoint_changelist")


def queries(operator: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert operator.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", ["webhookendpoint", "webhookmessage", "webhookdelivery"])
def test_lists_ask_the_database_equally_often_however_long_they_are(
    operator: Client, open_endpoint: OpenEndpoint, announce: Announce, model: str
) -> None:
    path = reverse(f"admin:webhooks_{model}_changelist")
    open_endpoint(URL)
    announce("first")
    short = queries(operator, path)
    for number in range(4):
        open_endpoint(URL)
        announce(f"more {number}")

    assert queries(operator, path) == short


def test_no_page_shows_a_secret(operator: Client, open_endpoint: OpenEndpoint) -> None:
    endpoint = open_endpoint(URL)
    secret = show_secret(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)

    for path in (
        reverse("admin:webhooks_webhookendpoint_changelist"),
        reverse("admin:webhooks_webhookendpoint_change", args=[endpoint.pk]),
    ):
        page = operator.get(path).content.decode()
        assert URL in page
        assert secret not in page
        assert endpoint.encrypted_secret not in page


def test_an_endpoint_is_created_changed_and_deleted_through_the_services(
    operator: Client, tenant: Tenant, local_calls: Callable[..., None]
) -> None:
    form = {"tenant": tenant.pk, "url": URL, "event_types": ["ingestion.completed"], "enabled": "on"}

    submit(operator, "add", form)
    endpoint = WebhookEndpoint.objects.get()
    submit(operator, "change", {**form, "description": "ERP"}, endpoint.pk)
    endpoint.refresh_from_db()
    described = endpoint.description
    delivery = WebhookDelivery.objects.create(
        tenant=tenant,
        endpoint=endpoint,
        message=WebhookMessage.objects.create(tenant=tenant, event_type="e", event_id="evt", body="{}"),
    )
    submit(operator, "delete", {"post": "yes"}, endpoint.pk)
    endpoint.refresh_from_db()

    assert described == "ERP"
    assert endpoint.deleted_at is not None
    assert WebhookDelivery.objects.get() == delivery
    assert list(tenant.audit_logs.order_by("created_at").values_list("action", flat=True)) == [
        "CREATE",
        "UPDATE",
        "DELETE",
    ]


def test_a_refused_url_is_told_beside_its_field(operator: Client, tenant: Tenant) -> None:
    form = {"tenant": tenant.pk, "url": "https://10.0.0.1/", "event_types": ["ingestion.completed"]}

    page = operator.post(reverse("admin:webhooks_webhookendpoint_add"), form)

    assert "url" in page.context["adminform"].form.errors
    assert not WebhookEndpoint.objects.exists()


def test_actions_switch_try_out_and_send_again(
    operator: Client, open_endpoint: OpenEndpoint, announce: Announce
) -> None:
    endpoint = open_endpoint(URL)
    delivery = announce().deliveries.get()
    WebhookDelivery.objects.update(status=DeliveryStatus.FAILED)

    act(operator, "webhookendpoint", "disable", endpoint.pk)
    refusal = act(operator, "webhookdelivery", "send_again", delivery.pk)
    act(operator, "webhookendpoint", "enable", endpoint.pk)
    success = act(operator, "webhookdelivery", "send_again", delivery.pk)
    trial = act(operator, "webhookendpoint", "send_test", endpoint.pk)
    resent = act(operator, "webhookendpoint", "resend_failed", endpoint.pk)

    assert "is disabled" in refusal
    assert "sent again" in success
    assert "is on its way" in trial
    assert "0 deliveries are sent again" in resent
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.PENDING


def test_a_delivery_shows_its_calls_and_a_message_its_deliveries(
    operator: Client, open_endpoint: OpenEndpoint, announce: Announce
) -> None:
    open_endpoint(URL)
    message = announce()
    delivery = message.deliveries.get()
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=1,
        started_at=timezone.now(),
        duration=timedelta(milliseconds=3),
        status_code=500,
        answer="out of paper",
    )

    calls = operator.get(reverse("admin:webhooks_webhookdelivery_change", args=[delivery.pk])).content.decode()
    deliveries = operator.get(reverse("admin:webhooks_webhookmessage_change", args=[message.pk])).content.decode()

    assert "out of paper" in calls
    assert delivery.pk in deliveries
