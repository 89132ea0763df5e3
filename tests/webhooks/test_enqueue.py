"""The three ways to name a payload."""

from collections.abc import Callable

import pytest

from jobs.models import Job
from webhooks.payloads import DeliverWebhook
from webhooks.services.enqueue import enqueue_webhook

pytestmark = pytest.mark.django_db


def test_payload_dict_and_keywords_name_the_same_job() -> None:
    payload = DeliverWebhook(tenant_id="tenant-123", message_id="msg-789", event_type="calc.batch.completed")

    first = enqueue_webhook(payload)
    second = enqueue_webhook({"tenantId": "tenant-123", "messageId": "msg-789", "eventType": "calc.batch.completed"})
    third = enqueue_webhook(tenant_id="tenant-123", message_id="msg-789", event_type="calc.batch.completed")

    assert [job.created for job in (first, second, third)] == [True, False, False]
    assert {job.job_id for job in (first, second, third)} == {"webhook-tenant-123-msg-789"}


def test_options_are_handed_on() -> None:
    enqueue_webhook(tenant_id="t", message_id="m", event_type="e", job_id="mine", attempts=5)

    assert Job.objects.get(job_id="mine").max_attempts == 5


def test_the_long_schedule_sets_the_number_of_attempts(local_calls: Callable[..., None]) -> None:
    local_calls(RETRY_DELAYS=[5, 300, 1800])

    enqueue_webhook(tenant_id="t", message_id="m", event_type="e")

    assert Job.objects.get().max_attempts == 4
