"""Runs that overtake each other: rows decide, and no transaction is held while a receiver is asked."""

import pytest
from django.db import connection, connections
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.webhooks.delivering import Announce, OpenEndpoint, calls, deliver, only_delivery
from webhooks.models import DeliveryStatus, WebhookDelivery
from webhooks.services.attempt import attempt_delivery


def test_of_two_runs_that_saw_the_same_row_one_calls(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    hook()
    message = announce()
    seen = only_delivery(message)
    WebhookDelivery.objects.filter(pk=seen.pk).update(attempts=1)

    wait = attempt_delivery(delivery=seen, message=message, attempt=1, max_attempts=3)

    assert wait is None
    assert calls(httpserver) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "left"), [(404, DeliveryStatus.PENDING), (200, DeliveryStatus.SUCCESS)])
def test_a_late_failure_gives_way_to_a_newer_call_but_a_late_success_counts(
    httpserver: HTTPServer, open_endpoint: OpenEndpoint, announce: Announce, status: int, left: DeliveryStatus
) -> None:
    def be_overtaken(request: Request) -> Response:
        WebhookDelivery.objects.update(attempts=2)
        connection.close()
        return Response("", status=status)

    httpserver.expect_request("/hook").respond_with_handler(be_overtaken)
    open_endpoint(httpserver.url_for("/hook"))
    message = announce()

    deliver(message)

    assert only_delivery(message).status == left
    assert only_delivery(message).log.get().status_code == status


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_receiver_is_asked(
    httpserver: HTTPServer, open_endpoint: OpenEndpoint, announce: Announce
) -> None:
    worker = connections["default"]  # of this thread; the receiver has its own
    seen: list[bool] = []

    def look(request: Request) -> Response:
        seen.append(worker.in_atomic_block)
        return Response("")

    httpserver.expect_request("/hook").respond_with_handler(look)
    open_endpoint(httpserver.url_for("/hook"))
    message = announce()

    deliver(message)

    assert seen == [False]
