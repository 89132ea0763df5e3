"""Sending again, and trying out."""

import json
from collections.abc import Callable

import pytest

from jobs import Tenant
from jobs.models import AuditLog, Job
from webhooks.errors import DeliveryNotFound, DeliveryPending, EndpointDisabled, TenantMismatch
from webhooks.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint, WebhookMessage
from webhooks.services.endpoints import update_endpoint
from webhooks.services.redeliver import redeliver, redeliver_failed
from webhooks.services.trial import send_test_event

OpenEndpoint = Callable[..., WebhookEndpoint]
Announce = Callable[..., WebhookMessage]


@pytest.fixture
def endpoint(open_endpoint: OpenEndpoint) -> WebhookEndpoint:
    """Hand out an endpoint."""
    return open_endpoint("http://127.0.0.1:9/hook")


def settled(message: WebhookMessage, status: DeliveryStatus) -> WebhookDelivery:
    message.deliveries.update(status=status)
    Job.objects.all().delete()
    return message.deliveries.get()


@pytest.mark.parametrize("status", [DeliveryStatus.FAILED, DeliveryStatus.EXHAUSTED, DeliveryStatus.SUCCESS])
def test_a_settled_delivery_can_be_sent_again_by_a_job_of_its_own(
    endpoint: WebhookEndpoint, announce: Announce, status: DeliveryStatus
) -> None:
    message = announce()
    delivery = settled(message, status)

    job = redeliver(tenant_id=delivery.tenant_id, delivery_id=delivery.pk, user_id="7")

    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.PENDING
    assert job.job_id.startswith(f"webhook-{delivery.tenant_id}-{message.pk}-")
    assert job.data["deliveryId"] == delivery.pk
    assert AuditLog.objects.get(user_id="7").metadata == {"redelivered": 1, "deliveryId": delivery.pk}


def test_a_delivery_that_is_on_its_way_is_not_sent_twice(endpoint: WebhookEndpoint, announce: Announce) -> None:
    delivery = announce().deliveries.get()

    with pytest.raises(DeliveryPending):
        redeliver(tenant_id=delivery.tenant_id, delivery_id=delivery.pk)

    assert Job.objects.count() == 1


def test_a_disabled_endpoint_gets_nothing_again(endpoint: WebhookEndpoint, announce: Announce) -> None:
    delivery = settled(announce(), DeliveryStatus.FAILED)
    update_endpoint(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk, enabled=False)

    with pytest.raises(EndpointDisabled):
        redeliver(tenant_id=delivery.tenant_id, delivery_id=delivery.pk)
    with pytest.raises(EndpointDisabled):
        redeliver_failed(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)
    with pytest.raises(EndpointDisabled):
        send_test_event(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)


def test_deliveries_of_nobody_and_of_other_tenants_are_out_of_reach(
    endpoint: WebhookEndpoint, announce: Announce
) -> None:
    delivery = settled(announce(), DeliveryStatus.FAILED)
    other = Tenant.objects.create(name="B", slug="bbb")

    with pytest.raises(TenantMismatch):
        redeliver(tenant_id=other.pk, delivery_id=delivery.pk)
    with pytest.raises(DeliveryNotFound):
        redeliver(tenant_id=other.pk, delivery_id="none")


def test_all_that_an_endpoint_has_not_got_is_sent_again(endpoint: WebhookEndpoint, announce: Announce) -> None:
    settled(announce("a"), DeliveryStatus.FAILED)
    settled(announce("b"), DeliveryStatus.SUCCESS)
    settled(announce("c"), DeliveryStatus.EXHAUSTED)

    again = redeliver_failed(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)

    assert again == Job.objects.count() == 2
    assert sorted(WebhookDelivery.objects.values_list("status", flat=True)) == ["PENDING", "PENDING", "SUCCESS"]
    assert redeliver_failed(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk) == 0


def test_a_test_event_goes_to_one_endpoint_whatever_it_subscribes_to(
    endpoint: WebhookEndpoint, open_endpoint: OpenEndpoint
) -> None:
    open_endpoint("http://127.0.0.1:9/other")

    message = send_test_event(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)

    assert message.deliveries.get().endpoint == endpoint
    event = json.loads(message.body)
    assert (event["type"], event["data"]) == ("webhook.test", {"endpointId": endpoint.pk})
    assert Job.objects.count() == 1
