"""From a change of the domain to a message, its deliveries and their job."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from jobs import Tenant
from jobs.models import Job
from jobs.signals import announced
from tests.webhooks.conftest import BATCH_FACTS
from webhooks.events import EventType
from webhooks.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint, WebhookMessage
from webhooks.services.endpoints import delete_endpoint, update_endpoint

OpenEndpoint = Callable[..., WebhookEndpoint]
Announce = Callable[..., WebhookMessage]
URL = "http://127.0.0.1:9/hook"


def announce_badly(tenant: Tenant, *, key: str | None = "key", facts: dict[str, object]) -> None:
    """Announce something wrong after a change of our own, which must stay."""
    with transaction.atomic():
        Tenant.objects.filter(pk=tenant.pk).update(name="Changed")
        announced.send(sender=None, type=EventType.BATCH_COMPLETED, tenant_id=tenant.pk, key=key, facts=facts)
        Tenant.objects.filter(pk=tenant.pk).update(slug="changed")


def test_an_announcement_makes_a_message_a_delivery_for_each_endpoint_and_one_job(
    open_endpoint: OpenEndpoint, announce: Announce, tenant: Tenant
) -> None:
    endpoints = {open_endpoint(URL).pk, open_endpoint(URL, *EventType).pk}

    message = announce()

    deliveries = message.deliveries.all()
    assert {delivery.endpoint_id for delivery in deliveries} == endpoints
    assert {delivery.status for delivery in deliveries} == {DeliveryStatus.PENDING}
    job = Job.objects.get()
    assert (job.queue, job.actor) == ("webhooks", "deliver-webhook")
    assert job.job_id == f"webhook-{tenant.pk}-{message.pk}"
    assert job.payload == {"tenantId": tenant.pk, "messageId": message.pk, "eventType": "calc.batch.completed"}
    assert job.max_attempts == 3


def test_the_body_is_stored_as_it_will_be_sent(announce: Announce, tenant: Tenant) -> None:
    message = announce()

    event = json.loads(message.body)
    assert list(event) == ["version", "type", "eventId", "timestamp", "tenantId", "data"]
    assert (event["eventId"], event["tenantId"]) == (message.event_id, tenant.pk)
    assert event["data"] == {
        "batchId": "b-1",
        "pamId": "p-1",
        "pamName": "Steel",
        "asOfDate": "2024-01-15",
        "status": "COMPLETED",
        "itemCount": 3,
        "executionTimeMs": 12,
    }


def test_the_same_change_announced_twice_makes_one_message(open_endpoint: OpenEndpoint, announce: Announce) -> None:
    open_endpoint(URL)

    first, second = announce(), announce()

    assert first == second
    assert WebhookMessage.objects.count() == WebhookDelivery.objects.count() == Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_change_announced_by_four_at_once_makes_one_message(
    open_endpoint: OpenEndpoint, announce: Announce
) -> None:
    open_endpoint(URL)
    start = Barrier(4)

    def announce_with_the_others() -> WebhookMessage:
        try:
            start.wait(timeout=10)
            return announce()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        made = [threads.submit(announce_with_the_others) for _ in range(4)]

    assert len({message.result() for message in made}) == 1
    assert WebhookMessage.objects.count() == WebhookDelivery.objects.count() == Job.objects.count() == 1


def test_only_endpoints_of_the_tenant_that_are_enabled_and_subscribed_get_it(
    open_endpoint: OpenEndpoint, announce: Announce, tenant: Tenant
) -> None:
    disabled, deleted, foreign = open_endpoint(URL), open_endpoint(URL), open_endpoint(URL)
    open_endpoint(URL, EventType.BATCH_APPROVED)
    update_endpoint(tenant_id=tenant.pk, endpoint_id=disabled.pk, enabled=False)
    delete_endpoint(tenant_id=tenant.pk, endpoint_id=deleted.pk)
    WebhookEndpoint.objects.filter(pk=foreign.pk).update(tenant=Tenant.objects.create(name="B", slug="bbb"))

    message = announce()

    assert not message.deliveries.exists()
    assert not Job.objects.exists()


def test_what_is_rolled_back_was_never_announced(open_endpoint: OpenEndpoint, announce: Announce) -> None:
    open_endpoint(URL)

    with pytest.raises(IntegrityError), transaction.atomic():
        Tenant.objects.create(name="B", slug=announce().tenant.slug)

    assert not WebhookMessage.objects.exists()
    assert not Job.objects.exists()


def test_a_missing_fact_is_logged_and_leaves_the_change_alone(tenant: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    announce_badly(tenant, facts={"batchId": "b-1"})

    tenant.refresh_from_db()
    assert (tenant.name, tenant.slug) == ("Changed", "changed")
    assert "calc.batch.completed was not emitted" in caplog.text


def test_a_database_error_is_logged_and_leaves_the_change_alone(
    tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    announce_badly(tenant, key=None, facts=dict(BATCH_FACTS))

    tenant.refresh_from_db()
    assert (tenant.name, tenant.slug) == ("Changed", "changed")
    assert "calc.batch.completed was not emitted" in caplog.text


@pytest.mark.parametrize("event_type", ["report.completed", "webhook.test"])
def test_what_webhooks_do_not_carry_is_passed_over(tenant: Tenant, event_type: str) -> None:
    announced.send(sender=None, type=event_type, tenant_id=tenant.pk, key="k", facts={"endpointId": "ep_1"})

    assert not WebhookMessage.objects.exists()
