"""Webhook jobs, run by real workers."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis as redis_client
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from jobs import JobHandle, get_queue, start_workers, stop_workers
from jobs.errors import JobFailed
from jobs.models import Job
from webhooks.models import DeliveryStatus, WebhookEndpoint, WebhookMessage
from webhooks.services.enqueue import enqueue_webhook
from webhooks.services.secrets import rotate_secret

OpenEndpoint = Callable[..., WebhookEndpoint]
Announce = Callable[..., WebhookMessage]
SOON = [0.05, 0.05]


@pytest.fixture(autouse=True)
def workers(transactional_db: None, redis: redis_client.Redis, local_calls: Callable[..., None]) -> Iterator[None]:
    """Run workers of the webhooks queue; a retry comes soon."""
    local_calls(RETRY_DELAYS=SOON, ROTATION_OVERLAP=timedelta(milliseconds=50))
    start_workers(["webhooks"])
    yield
    stop_workers()


@pytest.fixture
def hook(httpserver: HTTPServer, open_endpoint: OpenEndpoint, local_calls: Callable[..., None]) -> OpenEndpoint:
    """Hand out a maker of endpoints that answer one status after the other, the last one for good."""
    local_calls(RETRY_DELAYS=SOON, ROTATION_OVERLAP=timedelta(milliseconds=50))

    def create(path: str, *statuses: int) -> WebhookEndpoint:
        left = list(statuses)

        def answer(request: Request) -> Response:
            return Response("", status=left.pop(0) if len(left) > 1 else left[0])

        httpserver.expect_request(path).respond_with_handler(answer)
        return open_endpoint(httpserver.url_for(path))

    return create


def job_of(message: WebhookMessage) -> JobHandle:
    job = get_queue("webhooks").get_job(f"webhook-{message.tenant_id}-{message.pk}")
    assert job is not None
    return job


def calls(server: HTTPServer) -> list[str]:
    return [request.path for request, _ in server.log]


def result(**values: Any) -> dict[str, Any]:
    return {"status": "DELIVERED", "delivered": 1, "failed": 0, **values}


def test_an_announced_change_arrives(hook: OpenEndpoint, announce: Announce) -> None:
    hook("/a", 200)
    message = announce()

    answer = job_of(message).wait_until_finished(60)

    assert answer.pop("timestamp").endswith("Z")
    assert answer == result(messageId=message.pk)


def test_a_job_comes_back_for_the_endpoint_that_did_not_accept_and_for_it_alone(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    hook("/good", 200)
    hook("/slow-to-wake", 503, 200)

    job = job_of(announce())

    assert job.wait_until_finished(60)["delivered"] == 2
    assert job.attempts_made == 2
    assert sorted(calls(httpserver)) == ["/good", "/slow-to-wake", "/slow-to-wake"]


def test_out_of_attempts_is_a_dead_letter_that_can_be_retried_by_hand(
    hook: OpenEndpoint, announce: Announce, httpserver: HTTPServer
) -> None:
    hook("/a", 500, 500, 500, 200)
    message = announce()
    job = job_of(message)

    with pytest.raises(JobFailed, match="out of attempts for 1"):
        job.wait_until_finished(60)
    exhausted = message.deliveries.get().status
    answer = job.retry().wait_until_finished(60)

    assert exhausted == DeliveryStatus.EXHAUSTED
    assert answer["status"] == "DELIVERED"
    assert len(httpserver.log) == 4


def test_final_refusals_do_not_fail_the_job(hook: OpenEndpoint, announce: Announce) -> None:
    hook("/a", 404)
    hook("/b", 200)

    answer = job_of(announce()).wait_until_finished(60)

    assert (answer["status"], answer["delivered"], answer["failed"]) == ("FAILED", 1, 1)


def test_a_message_that_is_not_the_tenants_fails_at_once(announce: Announce) -> None:
    message = announce()
    job = enqueue_webhook(tenant_id="somebody-else", message_id=message.pk, event_type=message.event_type)

    with pytest.raises(JobFailed, match="does not belong to tenant"):
        job.wait_until_finished(60)

    assert job.attempts_made == 1


def test_a_replaced_secret_is_erased_when_its_time_is_over(open_endpoint: OpenEndpoint) -> None:
    endpoint = open_endpoint("http://127.0.0.1:9/")
    rotate_secret(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)
    row = Job.objects.get(actor="erase-webhook-secret")

    JobHandle.of_row(row).wait_until_finished(60)

    endpoint.refresh_from_db()
    assert endpoint.encrypted_previous_secret == ""
