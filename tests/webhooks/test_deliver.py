"""Sending a message, attempt after attempt."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer

from jobs import Tenant
from jobs.models import AuditLog
from tests.webhooks.delivering import Announce, OpenEndpoint, calls, deliver, only_delivery
from webhooks.errors import MessageNotFound, TenantMismatch
from webhooks.models import DeliveryStatus, WebhookEndpoint
from webhooks.services.deliver import MessageReport, deliver_message
from webhooks.services.endpoints import delete_endpoint, update_endpoint
from webhooks.services.secrets import rotate_secret, show_secret
from webhooks.signing import sign, verify


def test_an_accepted_message_is_delivered_and_logged(hook: OpenEndpoint, announce: Announce) -> None:
    hook(status=202, response_data="thank you")
    message = announce()

    report = deliver(message)

    assert report == MessageReport(message_id=message.pk, delivered=1, failed=0, exhausted=0, wait=None)
    delivery = only_delivery(message)
    assert (delivery.status, delivery.attempts, delivery.last_status_code) == (DeliveryStatus.SUCCESS, 1, 202)
    assert delivery.delivered_at is not None
    log = delivery.log.get()
    assert (log.number, log.status_code, log.answer, log.error) == (1, 202, "thank you", "")
    assert timedelta() < log.duration < timedelta(seconds=5)


def test_the_receiver_can_verify_what_it_got(hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer) -> None:
    endpoint = hook()
    message = announce(pamName="Stahl – Ü")

    deliver(message)

    request = httpserver.log[0][0]
    secret = show_secret(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)
    assert request.get_data(as_text=True) == message.body
    assert request.headers["webhook-id"] == message.pk
    verify(secrets=[secret], headers=dict(request.headers), body=message.body, now=int(time.time()))


def test_a_rotated_endpoint_gets_the_new_signature_first(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    endpoint = hook()
    ids = {"tenant_id": endpoint.tenant_id, "endpoint_id": endpoint.pk}
    old = show_secret(**ids)
    rotate_secret(**ids)
    new = show_secret(**ids)
    message = announce()

    deliver(message)

    headers = httpserver.log[0][0].headers
    assert headers["webhook-signature"] == sign(
        secrets=[new, old], message_id=message.pk, timestamp=int(headers["webhook-timestamp"]), body=message.body
    )


def test_a_server_error_is_waited_for(hook: OpenEndpoint, announce: Announce) -> None:
    hook(status=500, response_data="oops")
    message = announce()

    first, second = deliver(message), deliver(message, attempt=2)

    assert (first.wait, second.wait) == (timedelta(seconds=5), timedelta(seconds=25))
    delivery = only_delivery(message)
    assert (delivery.status, delivery.attempts, delivery.last_status_code) == (DeliveryStatus.PENDING, 2, 500)
    assert delivery.next_attempt_at is not None
    assert timedelta(seconds=20) < delivery.next_attempt_at - timezone.now() < timedelta(seconds=26)
    assert [log.number for log in delivery.log.order_by("number")] == [1, 2]


def test_a_repeated_job_does_not_call_an_endpoint_that_has_accepted(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    hook("/good")
    hook("/bad", status=503)
    message = announce()

    deliver(message)
    report = deliver(message, attempt=2)

    assert calls(httpserver) == ["/good", "/bad", "/bad"]
    assert (report.delivered, report.failed, report.wait) == (1, 0, timedelta(seconds=25))


def test_the_job_waits_as_long_as_the_most_patient_endpoint_asks(hook: OpenEndpoint, announce: Announce) -> None:
    hook("/busy", status=429, headers={"Retry-After": "120"})
    hook("/broken", status=500)
    message = announce()

    report = deliver(message)

    assert report.wait == timedelta(seconds=120)
    soonest = min(delivery.next_attempt_at for delivery in message.deliveries.all() if delivery.next_attempt_at)
    assert soonest > timezone.now() + timedelta(seconds=110)


def test_after_the_last_attempt_a_delivery_is_exhausted(hook: OpenEndpoint, announce: Announce) -> None:
    hook(status=500)
    message = announce()

    report = deliver(message, attempt=3)

    assert (report.failed, report.exhausted, report.wait) == (1, 1, None)
    assert only_delivery(message).status == DeliveryStatus.EXHAUSTED


def test_a_dead_letter_retried_by_hand_starts_a_fresh_round(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    hook(status=500)
    message = announce()
    deliver(message, attempt=3)
    httpserver.clear()
    httpserver.expect_request("/hook").respond_with_data("")

    report = deliver(message, attempt=1)

    assert (report.delivered, report.failed) == (1, 0)
    assert only_delivery(message).status == DeliveryStatus.SUCCESS


@pytest.mark.parametrize("status", [302, 400, 404])
def test_refusals_and_redirects_are_final(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer, status: int
) -> None:
    hook(status=status, headers={"Location": "/elsewhere"})
    message = announce()

    report = deliver(message)

    assert (report.failed, report.exhausted, report.wait) == (1, 0, None)
    assert only_delivery(message).status == DeliveryStatus.FAILED
    assert calls(httpserver) == ["/hook"]


def test_410_disables_the_endpoint_and_says_so(hook: OpenEndpoint, announce: Announce) -> None:
    endpoint = hook(status=410)
    message = announce()

    deliver(message)

    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "410 Gone")
    assert only_delivery(message).status == DeliveryStatus.FAILED
    assert AuditLog.objects.filter(action="UPDATE", entity_id=endpoint.pk, user_id="system").count() == 1


@pytest.mark.parametrize("reason", ["endpoint disabled", "endpoint deleted"])
def test_an_endpoint_that_went_away_meanwhile_is_not_called(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer, reason: str
) -> None:
    endpoint = hook()
    message = announce()
    ids = {"tenant_id": endpoint.tenant_id, "endpoint_id": endpoint.pk}
    if reason == "endpoint disabled":
        update_endpoint(**ids, enabled=False)
    else:
        delete_endpoint(**ids)

    report = deliver(message)

    assert report.failed == 1
    delivery = only_delivery(message)
    assert (delivery.status, delivery.last_error, delivery.attempts) == (DeliveryStatus.FAILED, reason, 0)
    assert calls(httpserver) == []


def test_a_private_address_is_refused_for_good(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer, local_calls: Callable[..., None]
) -> None:
    hook()
    message = announce()
    local_calls(ALLOWED_NETWORKS=[])

    report = deliver(message)

    assert (report.failed, report.wait) == (1, None)
    assert only_delivery(message).last_error.startswith("refused:")
    assert calls(httpserver) == []


def test_a_timeout_is_tried_again(
    open_endpoint: OpenEndpoint, announce: Announce, httpserver: HTTPServer, local_calls: Callable[..., None]
) -> None:
    local_calls(CONNECT_TIMEOUT=0.2, TOTAL_TIMEOUT=0.2)
    open_endpoint("http://127.0.0.1:9/nobody-listens")
    message = announce()

    report = deliver(message)

    assert report.wait == timedelta(seconds=5)
    log = only_delivery(message).log.get()
    assert log.status_code is None
    assert log.error


def test_an_unreadable_secret_fails_the_delivery_and_spares_the_others(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    broken = hook("/broken")
    hook("/good")
    message = announce()
    WebhookEndpoint.objects.filter(pk=broken.pk).update(encrypted_secret="gAAAAA-of-a-lost-key")

    report = deliver(message)

    assert (report.delivered, report.failed) == (1, 1)
    assert calls(httpserver) == ["/good"]


def test_the_long_schedule_sets_the_waits(
    hook: OpenEndpoint, announce: Announce, local_calls: Callable[..., None]
) -> None:
    local_calls(RETRY_DELAYS=[5, 300])
    hook(status=500)
    message = announce()

    report = deliver(message, attempt=2)

    assert report.wait == timedelta(minutes=5)


def test_progress_is_told_after_each_delivery(hook: OpenEndpoint, announce: Announce) -> None:
    for path in ("/a", "/b", "/c"):
        hook(path)
    told: list[int] = []

    deliver(announce(), on_progress=told.append)

    assert told == [33, 66, 100]


def test_a_job_for_one_delivery_leaves_the_others_alone(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    hook("/a")
    wanted = hook("/b")
    message = announce()

    report = deliver(message, delivery_id=message.deliveries.get(endpoint=wanted).pk)

    assert (report.delivered, report.failed) == (1, 0)
    assert calls(httpserver) == ["/b"]


def test_messages_of_nobody_and_of_other_tenants_are_refused(announce: Announce) -> None:
    message = announce()
    other = Tenant.objects.create(name="B", slug="bbb")

    with pytest.raises(MessageNotFound):
        deliver_message(tenant_id=message.tenant_id, message_id="msg_none", attempt=1, max_attempts=3)
    with pytest.raises(TenantMismatch):
        deliver_message(tenant_id=other.pk, message_id=message.pk, attempt=1, max_attempts=3)
