"""Rotation and re-encryption of secrets."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone

from jobs import Tenant
from jobs.models import Job
from webhooks.models import WebhookEndpoint
from webhooks.services.endpoints import create_endpoint
from webhooks.services.secrets import erase_previous_secret, rotate_secret, show_secret

DAY = timedelta(hours=24)


@pytest.fixture
def endpoint(tenant: Tenant) -> WebhookEndpoint:
    """Hand out an endpoint."""
    return create_endpoint(tenant_id=tenant.pk, url="https://8.8.8.8/", event_types=["ingestion.completed"])


def ids(endpoint: WebhookEndpoint) -> dict[str, str]:
    return {"tenant_id": endpoint.tenant_id, "endpoint_id": endpoint.pk}


def test_after_a_rotation_both_secrets_sign_for_24_hours_the_new_one_first(endpoint: WebhookEndpoint) -> None:
    old = show_secret(**ids(endpoint))
    now = timezone.now()

    rotated = rotate_secret(**ids(endpoint))

    new = show_secret(**ids(endpoint))
    assert new != old
    assert rotated.signing_secrets(at=now + timedelta(hours=23)) == (new, old)
    assert rotated.signing_secrets(at=now + timedelta(hours=25)) == (new,)


def test_a_second_rotation_within_the_overlap_ends_the_oldest_secret(endpoint: WebhookEndpoint) -> None:
    rotate_secret(**ids(endpoint))
    middle = show_secret(**ids(endpoint))

    rotated = rotate_secret(**ids(endpoint))

    assert rotated.signing_secrets(at=timezone.now()) == (show_secret(**ids(endpoint)), middle)


def test_the_old_secret_is_erased_after_the_overlap_and_not_before(endpoint: WebhookEndpoint) -> None:
    with time_machine.travel("2026-01-01T12:00:00+00:00", tick=False) as clock:
        rotate_secret(**ids(endpoint))
        clock.shift(DAY - timedelta(hours=1))
        left = erase_previous_secret(**ids(endpoint))
        endpoint.refresh_from_db()
        kept = endpoint.encrypted_previous_secret

        clock.shift(timedelta(hours=1))
        nothing_left = erase_previous_secret(**ids(endpoint))

    assert left == timedelta(hours=1)
    assert kept
    endpoint.refresh_from_db()
    assert nothing_left is None
    assert (endpoint.encrypted_previous_secret, endpoint.previous_secret_expires_at) == ("", None)


def test_a_rotation_enqueues_the_erasure(endpoint: WebhookEndpoint) -> None:
    rotate_secret(**ids(endpoint))

    job = Job.objects.get()
    assert (job.actor, job.state) == ("erase-webhook-secret", "delayed")
    assert job.payload == {"tenantId": endpoint.tenant_id, "endpointId": endpoint.pk}


def test_re_encryption_moves_every_secret_to_the_first_key(endpoint: WebhookEndpoint, settings: Any) -> None:
    rotate_secret(**ids(endpoint))
    endpoint.refresh_from_db()
    secrets = endpoint.signing_secrets(at=timezone.now())
    key = Fernet.generate_key()
    settings.WEBHOOKS = {"ENCRYPTION_KEYS": [key.decode()]}

    call_command("webhook_reencrypt")

    endpoint.refresh_from_db()
    tokens = (endpoint.encrypted_secret, endpoint.encrypted_previous_secret)
    assert tuple(Fernet(key).decrypt(token).decode() for token in tokens) == secrets
